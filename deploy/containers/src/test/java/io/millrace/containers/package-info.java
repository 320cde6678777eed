/**
 * Kafka in a container for the integration tests of all modules, by Testcontainers. Where there is
 * no Docker, or no image to be had, every test is skipped with the reason; nothing waits for long.
 */
package io.millrace.containers;
