package io.millrace.gateway;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Addresses that share their first bits, as CIDR notation has them.
 *
 * @param network IPv4 or IPv6; its bits after the prefix do not matter
 * @param prefixBits 0 to 32 or 128
 */
record AddressRange(InetAddress network, int prefixBits) {

  /** Of {@code 10.0.0.0/8}, {@code fd00::/8} or one address; empty if it is none of them. */
  static Optional<AddressRange> parse(String text) {
    String[] parts = text.split("/", 2);
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(parts[0]); // never asks a name server
    if (bytes == null || (parts.length == 2 && !parts[1].matches("\\d{1,3}"))) {
      return Optional.empty();
    }
    InetAddress network = address(bytes);
    int most = 8 * network.getAddress().length;
    int prefixBits = parts.length == 2 ? Integer.parseInt(parts[1]) : most;
    return prefixBits <= most
        ? Optional.of(new AddressRange(network, prefixBits))
        : Optional.empty();
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    int bits = 8 * bytes.length;
    return bits == 8 * network.getAddress().length
        && prefix(bytes, bits).equals(prefix(network.getAddress(), bits));
  }

  private BigInteger prefix(byte[] address, int bits) {
    return new BigInteger(1, address).shiftRight(bits - prefixBits);
  }
}
