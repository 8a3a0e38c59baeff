// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.log.Bytes;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ProtocolMessage;
import java.util.List;

/**
 * A message of no protocol: a number, and bytes that travel by reference.
 *
 * @param lane who numbers: numbers ascend within a lane
 */
public record Parcel(int lane, long number, List<byte[]> attachments) implements ProtocolMessage {

  /** Returns a parcel without attachments. */
  public static Parcel of(int lane, long number) {
    return new Parcel(lane, number, List.of());
  }

  @Override
  public String name() {
    return "parcel";
  }

  @Override
  public String toString() {
    return "parcel " + lane + "/" + number;
  }

  /** Its codec. */
  public static final class Codec implements MessageCodec {
    private static final int HEAD_BYTES = 12;

    @Override
    public WireMessage encode(ProtocolMessage message) {
      if (!(message instanceof Parcel parcel)) {
        throw new IllegalArgumentException(message + " is no parcel");
      }
      byte[] head = new byte[HEAD_BYTES];
      Bytes.putInt(head, 0, parcel.lane);
      Bytes.putLong(head, 4, parcel.number);
      return new WireMessage(head, parcel.attachments);
    }

    @Override
    public ProtocolMessage decode(WireMessage wire) throws MalformedMessage {
      if (wire.head().length != HEAD_BYTES) {
        throw new MalformedMessage("head of " + wire.head().length + " bytes");
      }
      return new Parcel(
          Bytes.getInt(wire.head(), 0), Bytes.getLong(wire.head(), 4), wire.attachments());
    }
  }
}
