// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import io.grpc.MethodDescriptor;
import io.quorate.core.log.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Frames between a client and a replica as bytes; see {@link Records} for those with calls. */
final class CallFrameMarshaller implements MethodDescriptor.Marshaller<CallFrame> {

  @Override
  public InputStream stream(CallFrame frame) {
    return switch (frame) {
      case CallFrame.Hello hello -> PeerFrameMarshaller.hello(hello.message());
      case CallFrame.Traffic traffic -> {
        Records records = traffic.records();
        records.seal();
        yield new FrameStream(new byte[][] {records.bytes()}, records.length());
      }
      case CallFrame.Malformed malformed ->
          throw new IllegalArgumentException("not to be sent: " + malformed.reason());
    };
  }

  @Override
  public CallFrame parse(InputStream in) {
    byte[] bytes;
    try {
      // Exactly as long as it must be: available() of gRPC's streams is what is left.
      bytes = in.readNBytes(in.available());
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
    if (bytes.length < PeerFrameMarshaller.PREFIX_BYTES) {
      return new CallFrame.Malformed("a frame of " + bytes.length + " bytes");
    }
    CRC32C crc = new CRC32C();
    crc.update(
        bytes, PeerFrameMarshaller.PREFIX_BYTES, bytes.length - PeerFrameMarshaller.PREFIX_BYTES);
    if (Bytes.getInt(bytes, PeerFrameMarshaller.CRC_AT) != (int) crc.getValue()) {
      return new CallFrame.Malformed("the checksum of a frame does not match");
    }
    return switch (bytes[0]) {
      case PeerFrameMarshaller.HELLO ->
          new CallFrame.Hello(
              Arrays.copyOfRange(bytes, PeerFrameMarshaller.PREFIX_BYTES, bytes.length));
      case PeerFrameMarshaller.TRAFFIC -> {
        Records records = Records.received(bytes);
        yield records.wellFormed()
            ? new CallFrame.Traffic(records)
            : new CallFrame.Malformed("a frame whose records do not fit");
      }
      default -> new CallFrame.Malformed("a frame of the unknown kind " + bytes[0]);
    };
  }
}
