// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.MethodDescriptor;
import io.quorate.core.log.Bytes;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.grpc.proto.PeerHello;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Frames between replicas as bytes.
 *
 * <pre>
 * offset  bytes
 *      0      1  kind: 1 handshake, 2 messages
 *      4      4  CRC32C of everything after it, but for the attachments
 *      8         kind 1: a PeerHello
 *      8      4  kind 2: length of the table
 *     12      4          length of all heads
 *     16                 table: of each message the length of its head (4), the number of its
 *                        attachments (4), and the length of each of those (4)
 *                        heads, one after the other
 *                        attachments, one after the other
 * </pre>
 *
 * <p>Attachments are log entries or pieces of snapshots, which carry checksums of their own. They
 * are written from the arrays in which they are kept, and each is read into an array of its own
 * that fits exactly, because that array becomes the entry.
 */
final class PeerFrameMarshaller implements MethodDescriptor.Marshaller<PeerFrame> {
  static final int HELLO = 1;
  static final int TRAFFIC = 2;
  static final int CRC_AT = 4;
  static final int PREFIX_BYTES = 8;
  private static final int TABLE_AT = 16;

  @Override
  public InputStream stream(PeerFrame frame) {
    return switch (frame) {
      case PeerFrame.Hello hello -> hello(hello.hello().toByteArray());
      case PeerFrame.Messages messages -> messages(messages.messages());
      case PeerFrame.Malformed malformed ->
          throw new IllegalArgumentException("not to be sent: " + malformed.reason());
    };
  }

  static InputStream hello(byte[] body) {
    byte[] frame = new byte[PREFIX_BYTES + body.length];
    frame[0] = HELLO;
    System.arraycopy(body, 0, frame, PREFIX_BYTES, body.length);
    CRC32C crc = new CRC32C();
    crc.update(body);
    Bytes.putInt(frame, CRC_AT, (int) crc.getValue());
    return new FrameStream(new byte[][] {frame}, frame.length);
  }

  private static InputStream messages(List<WireMessage> messages) {
    int tableBytes = 0;
    int headsBytes = 0;
    int attachments = 0;
    for (WireMessage message : messages) {
      tableBytes += 8 + 4 * message.attachments().size();
      headsBytes += message.head().length;
      attachments += message.attachments().size();
    }
    byte[] front = new byte[TABLE_AT + tableBytes];
    front[0] = TRAFFIC;
    Bytes.putInt(front, 8, tableBytes);
    Bytes.putInt(front, 12, headsBytes);
    byte[][] parts = new byte[1 + messages.size() + attachments][];
    parts[0] = front;
    int headPart = 1;
    int attachmentPart = 1 + messages.size();
    int at = TABLE_AT;
    for (WireMessage message : messages) {
      parts[headPart++] = message.head();
      Bytes.putInt(front, at, message.head().length);
      Bytes.putInt(front, at + 4, message.attachments().size());
      at += 8;
      for (byte[] attachment : message.attachments()) {
        parts[attachmentPart++] = attachment;
        Bytes.putInt(front, at, attachment.length);
        at += 4;
      }
    }
    CRC32C crc = new CRC32C();
    crc.update(front, PREFIX_BYTES, front.length - PREFIX_BYTES);
    for (WireMessage message : messages) {
      crc.update(message.head());
    }
    Bytes.putInt(front, CRC_AT, (int) crc.getValue());
    return new FrameStream(parts, parts[parts.length - 1].length);
  }

  @Override
  public PeerFrame parse(InputStream in) {
    try {
      int total = in.available();
      if (total < PREFIX_BYTES) {
        return new PeerFrame.Malformed("a frame of " + total + " bytes");
      }
      byte[] prefix = in.readNBytes(PREFIX_BYTES);
      return switch (prefix[0]) {
        case HELLO -> parseHello(prefix, in.readAllBytes());
        case TRAFFIC -> parseMessages(prefix, in);
        default -> new PeerFrame.Malformed("a frame of the unknown kind " + prefix[0]);
      };
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private static PeerFrame parseHello(byte[] prefix, byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body);
    if (Bytes.getInt(prefix, CRC_AT) != (int) crc.getValue()) {
      return new PeerFrame.Malformed("the checksum of a handshake does not match");
    }
    try {
      return new PeerFrame.Hello(PeerHello.parseFrom(body));
    } catch (InvalidProtocolBufferException e) {
      return new PeerFrame.Malformed("a handshake that cannot be read: " + e.getMessage());
    }
  }

  private static PeerFrame parseMessages(byte[] prefix, InputStream in) throws IOException {
    byte[] sizes = in.readNBytes(8);
    if (sizes.length < 8) {
      return new PeerFrame.Malformed("a frame that ends in its header");
    }
    int tableBytes = Bytes.getInt(sizes, 0);
    int headsBytes = Bytes.getInt(sizes, 4);
    if (tableBytes < 0 || headsBytes < 0 || (long) tableBytes + headsBytes > in.available()) {
      return new PeerFrame.Malformed("a frame whose lengths do not fit");
    }
    byte[] front = in.readNBytes(tableBytes + headsBytes);
    CRC32C crc = new CRC32C();
    crc.update(sizes);
    crc.update(front);
    if (Bytes.getInt(prefix, CRC_AT) != (int) crc.getValue()) {
      return new PeerFrame.Malformed("the checksum of a frame does not match");
    }
    List<WireMessage> messages = new ArrayList<>();
    int head = tableBytes;
    for (int at = 0; at < tableBytes; ) {
      int headBytes = at + 8 <= tableBytes ? Bytes.getInt(front, at) : -1;
      int count = headBytes >= 0 ? Bytes.getInt(front, at + 4) : -1;
      if (count < 0
          || headBytes > front.length - head
          || count > (tableBytes - at - 8) / Integer.BYTES) {
        return new PeerFrame.Malformed("a frame whose table does not fit");
      }
      at += 8;
      List<byte[]> attachments = new ArrayList<>(count);
      for (int i = 0; i < count; i++, at += 4) {
        int length = Bytes.getInt(front, at);
        if (length < 0 || length > in.available()) {
          return new PeerFrame.Malformed("a frame whose attachments do not fit");
        }
        attachments.add(in.readNBytes(length));
      }
      messages.add(new WireMessage(Arrays.copyOfRange(front, head, head + headBytes), attachments));
      head += headBytes;
    }
    if (head != front.length || in.available() != 0) {
      return new PeerFrame.Malformed("a frame with bytes that nothing names");
    }
    return new PeerFrame.Messages(messages);
  }
}
