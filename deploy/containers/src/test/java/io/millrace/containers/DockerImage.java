package io.millrace.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/**
 * Whether Docker has an image, or can get it. Testcontainers itself would try for minutes, and
 * would ask for images of its own before.
 */
final class DockerImage {

  private static final Duration DOCKER_ANSWERS = Duration.ofSeconds(30);
  private static final Duration REGISTRY_ANSWERS = Duration.ofSeconds(30);
  private static final Duration PULLED = Duration.ofMinutes(5);

  private DockerImage() {}

  /** Why the image cannot be had; empty if it is there now. */
  static Optional<String> missing(String image) {
    CompletableFuture<Optional<DockerClient>> found =
        CompletableFuture.supplyAsync(() -> withoutImage(image));
    try {
      Optional<DockerClient> without = found.get(DOCKER_ANSWERS.toSeconds(), TimeUnit.SECONDS);
      return without.isEmpty() ? Optional.empty() : pull(without.get(), image);
    } catch (ExecutionException e) {
      return Optional.of(
          "Docker: none found (expected: a daemon that answers; %s)"
              .formatted(e.getCause().getMessage()));
    } catch (TimeoutException e) {
      return Optional.of(
          "Docker: no answer within %d s (expected: a daemon that answers)"
              .formatted(DOCKER_ANSWERS.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /** A client of the Docker that does not have the image; empty if it has. */
  private static Optional<DockerClient> withoutImage(String image) {
    TransportConfig where = DockerClientFactory.instance().getTransportConfig();
    DockerClient docker = DockerClientProviderStrategy.getClientForConfig(where);
    try {
      docker.inspectImageCmd(image).exec();
      docker.close();
      return Optional.empty();
    } catch (NotFoundException e) {
      return Optional.of(docker);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> pull(DockerClient docker, String image)
      throws InterruptedException {
    CountDownLatch answered = new CountDownLatch(1);
    var pull =
        new ResultCallback.Adapter<PullResponseItem>() {
          @Override
          public void onNext(PullResponseItem item) {
            answered.countDown();
          }

          @Override
          public void onComplete() {
            answered.countDown();
            super.onComplete();
          }

          @Override
          public void onError(Throwable failure) {
            answered.countDown();
            super.onError(failure);
          }
        };
    try (docker;
        var unused = docker.pullImageCmd(image).exec(pull)) {
      if (!answered.await(REGISTRY_ANSWERS.toSeconds(), TimeUnit.SECONDS)) {
        return Optional.of(none(image, "its registry does not answer"));
      }
      if (!pull.awaitCompletion(PULLED.toSeconds(), TimeUnit.SECONDS)) {
        return Optional.of(none(image, "it was not pulled within " + PULLED.toMinutes() + " min"));
      }
      docker.inspectImageCmd(image).exec();
      return Optional.empty();
    } catch (DockerException e) {
      return Optional.of(none(image, e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String none(String image, String why) {
    return "%s: not there (expected: an image that Docker has or can pull; %s)"
        .formatted(image, String.valueOf(why).strip());
  }
}
