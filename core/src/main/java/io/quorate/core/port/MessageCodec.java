// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.protocol.ProtocolMessage;
import java.util.List;

/** A protocol's messages as bytes. Safe for use by several threads. */
public interface MessageCodec {

  /**
   * A message as it travels.
   *
   * @param head kind and fields, encoded
   * @param attachments log entries or snapshot bytes, by reference: encoded once, sent to all
   */
  record WireMessage(byte[] head, List<byte[]> attachments) {
    /** Bytes of head and attachments. */
    public long sizeBytes() {
      long size = head.length;
      for (byte[] attachment : attachments) {
        size += attachment.length;
      }
      return size;
    }
  }

  /** Bytes that are not a message of this protocol. */
  final class MalformedMessage extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with the bytes. */
    public MalformedMessage(String message) {
      super(message);
    }

    /** Says what is wrong with the bytes. */
    public MalformedMessage(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Encodes a message. */
  WireMessage encode(ProtocolMessage message);

  /**
   * Decodes a message and checks what it carries (entries by header and body checksum).
   *
   * @throws MalformedMessage the sender or the line is broken: the message is dropped and counted
   */
  ProtocolMessage decode(WireMessage wire) throws MalformedMessage;
}
