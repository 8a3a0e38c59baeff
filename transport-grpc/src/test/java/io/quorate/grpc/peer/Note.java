// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ProtocolMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A message of a protocol that says nothing: a number, and bytes that travel by reference. */
record Note(String text, List<byte[]> attachments) implements ProtocolMessage {

  static Note of(String text, byte[]... attachments) {
    return new Note(text, List.of(attachments));
  }

  @Override
  public String name() {
    return "note";
  }

  /** Its codec; refuses texts that begin with an exclamation mark. */
  static final class Codec implements MessageCodec {
    @Override
    public WireMessage encode(ProtocolMessage message) {
      Note note = (Note) message;
      return new WireMessage(note.text.getBytes(StandardCharsets.UTF_8), note.attachments);
    }

    @Override
    public ProtocolMessage decode(WireMessage wire) throws MalformedMessage {
      String text = new String(wire.head(), StandardCharsets.UTF_8);
      if (text.startsWith("!")) {
        throw new MalformedMessage("not for us");
      }
      return new Note(text, wire.attachments());
    }
  }
}
