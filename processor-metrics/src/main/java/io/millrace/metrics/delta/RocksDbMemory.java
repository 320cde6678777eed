package io.millrace.metrics.delta;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/**
 * What all stores of a process may take together: one half for a cache of blocks, indexes and
 * filters that they share, the other in equal parts for what each has written and not flushed.
 *
 * <p>The writes are not under one manager for all, as a store flushes only when it is written to:
 * those that are not would keep what they hold, and the others flush at every write.
 */
final class RocksDbMemory implements AutoCloseable {

  /** Under this key the configuration of Kafka Streams carries it to the stores. */
  static final String KEY = "millrace.rocksdb.memory";

  /** One that is written to, one that is flushed. */
  private static final int BUFFERS = 2;

  private static final long LEAST_BUFFER_BYTES = 64 << 10;

  private final Cache cache;
  private final long bufferBytes;

  /**
   * @param stores how many there may be
   */
  RocksDbMemory(long bytes, int stores) {
    RocksDB.loadLibrary();
    cache = new LRUCache(bytes / 2);
    bufferBytes = Math.max(LEAST_BUFFER_BYTES, bytes / 2 / BUFFERS / stores);
  }

  private void applyTo(Options options) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(cache);
    table.setCacheIndexAndFilterBlocks(true);
    table.setPinL0FilterAndIndexBlocksInCache(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferSize(bufferBytes);
    options.setMaxWriteBufferNumber(BUFFERS);
  }

  /** After all stores. */
  @Override
  public void close() {
    cache.close();
  }

  /** Kafka Streams makes one for each store, by its name. */
  public static final class Setter implements RocksDBConfigSetter {

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
      ((RocksDbMemory) requireNonNull(configs.get(KEY))).applyTo(options);
    }

    @Override
    public void close(String store, Options options) {
      // what was set is shared and outlives the store
    }
  }
}
