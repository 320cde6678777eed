package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** A metric family: its name as the labels of its series have it, and its metadata. */
final class Family {

  static final String TARGET_INFO = "target_info";

  final int number;
  final byte[] name;
  final byte[] unit;
  final int metadataType;

  /** Label messages of {@code __name__}. */
  final byte[] plain;

  final byte[] sum;
  final byte[] count;
  final byte[] bucket;

  /** The description, as the batch last had it. */
  private byte[] help = {};

  private int helpFrom;
  private int helpTo;

  /** The batch in which it was last met. */
  private long batch = -1;

  /** To whom its metadata went last, and when. */
  private @Nullable String metadataTenant;

  private long metadataMillis;

  Family(int number, String name, String unit, int metadataType) {
    this.number = number;
    this.name = name.getBytes(UTF_8);
    this.unit = unit.getBytes(UTF_8);
    this.metadataType = metadataType;
    this.plain = label(name);
    this.sum = label(name + "_sum");
    this.count = label(name + "_count");
    this.bucket = label(name + "_bucket");
  }

  private static byte[] label(String name) {
    return LabelWriter.label("__name__", name);
  }

  /** Takes the description over; true if the family is new to the batch. */
  boolean meet(long batchNumber, byte[] source, int from, int to) {
    help = source;
    helpFrom = from;
    helpTo = to;
    boolean first = batch != batchNumber;
    batch = batchNumber;
    return first;
  }

  /** Takes note that it is sent now if it is. */
  boolean isMetadataDue(String tenant, long nowMillis, long intervalMillis) {
    if (tenant.equals(metadataTenant) && nowMillis - metadataMillis < intervalMillis) {
      return false;
    }
    metadataTenant = tenant;
    metadataMillis = nowMillis;
    return true;
  }

  byte[] help() {
    return help;
  }

  int helpFrom() {
    return helpFrom;
  }

  int helpTo() {
    return helpTo;
  }
}
