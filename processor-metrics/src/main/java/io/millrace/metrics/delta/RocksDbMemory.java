package io.millrace.metrics.delta;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * What all stores of a process share, so that their number does not count: one cache for blocks,
 * indexes and filters, in which what was written and is not on disk yet counts, too.
 */
final class RocksDbMemory implements AutoCloseable {

  /** Under this key the configuration of Kafka Streams carries it to the stores. */
  static final String KEY = "millrace.rocksdb.memory";

  private final Cache cache;
  private final WriteBufferManager writes;

  RocksDbMemory(long bytes) {
    RocksDB.loadLibrary();
    cache = new LRUCache(bytes);
    writes = new WriteBufferManager(bytes / 2, cache);
  }

  private void applyTo(Options options) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(cache);
    table.setCacheIndexAndFilterBlocks(true);
    table.setPinL0FilterAndIndexBlocksInCache(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(writes);
  }

  /** After all stores. */
  @Override
  public void close() {
    writes.close();
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
