// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.grpc.proto.PeerHello;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames survive the way, and nothing that is not a frame is taken for one. */
final class FramesTest {
  private final Marshaller<PeerFrame> peers = new PeerFrameMarshaller();
  private final Marshaller<CallFrame> calls = new CallFrameMarshaller();

  private static <F> byte[] bytes(Marshaller<F> marshaller, F frame) throws IOException {
    InputStream stream = marshaller.stream(frame);
    assertThat(stream).isInstanceOf(KnownLength.class);
    int length = stream.available();
    ByteArrayOutputStream drained = new ByteArrayOutputStream();
    assertThat(((Drainable) stream).drainTo(drained)).isEqualTo(length);
    assertThat(drained.size()).isEqualTo(length);
    assertThat(stream.available()).isZero();
    assertThat(marshaller.stream(frame).readAllBytes()).isEqualTo(drained.toByteArray());
    return drained.toByteArray();
  }

  private static WireMessage message(Random random) {
    byte[] head = new byte[random.nextInt(40)];
    random.nextBytes(head);
    List<byte[]> attachments = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] attachment = new byte[random.nextInt(100)];
      random.nextBytes(attachment);
      attachments.add(attachment);
    }
    return new WireMessage(head, attachments);
  }

  @Test
  void messagesComeBack() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      List<WireMessage> sent = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        sent.add(message(random));
      }
      byte[] frame = bytes(peers, new PeerFrame.Messages(sent));
      PeerFrame parsed = peers.parse(new ByteArrayInputStream(frame));
      assertThat(parsed).isInstanceOf(PeerFrame.Messages.class);
      List<WireMessage> received = ((PeerFrame.Messages) parsed).messages();
      assertThat(received).hasSameSizeAs(sent);
      for (int i = 0; i < sent.size(); i++) {
        assertThat(received.get(i).head()).isEqualTo(sent.get(i).head());
        assertThat(received.get(i).attachments())
            .containsExactlyElementsOf(sent.get(i).attachments());
      }
    }
  }

  @Test
  void attachmentsAreNotCopiedOnTheWayOut() throws IOException {
    byte[] attachment = {1, 2, 3};
    WireMessage message = new WireMessage(new byte[] {9}, List.of(attachment));
    InputStream stream = peers.stream(new PeerFrame.Messages(List.of(message)));
    List<byte[]> written = new ArrayList<>();
    ((Drainable) stream)
        .drainTo(
            new java.io.OutputStream() {
              @Override
              public void write(int b) {
                throw new AssertionError("byte by byte");
              }

              @Override
              public void write(byte[] bytes, int offset, int length) {
                written.add(bytes);
              }
            });
    assertThat(written).hasSize(3);
    assertThat(written.get(1)).isSameAs(message.head());
    assertThat(written.get(2)).isSameAs(attachment);
  }

  @Test
  void aDamagedFrameIsNotedUnlessOnlyAnAttachmentIsHit() throws IOException {
    Random random = new Random(11);
    byte[] attachment = new byte[50];
    List<WireMessage> sent =
        List.of(
            new WireMessage(new byte[] {1, 2, 3}, List.of()),
            new WireMessage(new byte[20], List.of(attachment)));
    byte[] frame = bytes(peers, new PeerFrame.Messages(sent));
    for (int at = 0; at < frame.length; at++) {
      byte[] damaged = frame.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      PeerFrame parsed = peers.parse(new ByteArrayInputStream(damaged));
      boolean checked = at == 0 || (at >= 4 && at < frame.length - attachment.length);
      if (checked) {
        assertThat(parsed).as("bit flipped at %s", at).isInstanceOf(PeerFrame.Malformed.class);
      } else {
        assertThat(parsed).as("bit flipped at %s", at).isInstanceOf(PeerFrame.Messages.class);
      }
    }
    for (int length = 0; length < frame.length; length++) {
      PeerFrame parsed = peers.parse(new ByteArrayInputStream(Arrays.copyOf(frame, length)));
      assertThat(parsed).as("cut at %s", length).isInstanceOf(PeerFrame.Malformed.class);
    }
    assertThat(peers.parse(new ByteArrayInputStream(Arrays.copyOf(frame, frame.length + 1))))
        .isInstanceOf(PeerFrame.Malformed.class);
  }

  @Test
  void noiseIsNoFrame() {
    Random random = new Random(13);
    for (int round = 0; round < 20_000; round++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] = (byte) (1 + random.nextInt(2));
      }
      assertThat(peers.parse(new ByteArrayInputStream(noise)))
          .isInstanceOf(PeerFrame.Malformed.class);
      assertThat(calls.parse(new ByteArrayInputStream(noise)))
          .isInstanceOf(CallFrame.Malformed.class);
    }
  }

  @Test
  void handshakesComeBack() throws IOException {
    PeerHello hello = PeerHello.newBuilder().setGroup("orders").setIncarnationLow(-3).build();
    byte[] frame = bytes(peers, new PeerFrame.Hello(hello));
    assertThat(peers.parse(new ByteArrayInputStream(frame))).isEqualTo(new PeerFrame.Hello(hello));
    frame[9] ^= 1;
    assertThat(peers.parse(new ByteArrayInputStream(frame)))
        .isInstanceOf(PeerFrame.Malformed.class);
    byte[] client = bytes(calls, new CallFrame.Hello(new byte[] {4, 5}));
    CallFrame parsed = calls.parse(new ByteArrayInputStream(client));
    assertThat(((CallFrame.Hello) parsed).message()).containsExactly(4, 5);
  }

  @Test
  void recordsComeBack() throws IOException {
    Records sent = new Records(8);
    Random random = new Random(17);
    for (int i = 0; i < 100; i++) {
      byte[] payload = new byte[i];
      sent.append(1 + i % 5, i % 7, -i, random.nextLong(), i, ~i, payload, i / 2, i - i / 2);
    }
    byte[] frame = bytes(calls, new CallFrame.Traffic(sent));
    Records received = ((CallFrame.Traffic) calls.parse(new ByteArrayInputStream(frame))).records();
    sent.rewind();
    while (sent.advance()) {
      assertThat(received.advance()).isTrue();
      assertThat(received.what()).isEqualTo(sent.what());
      assertThat(received.detail()).isEqualTo(sent.detail());
      assertThat(received.tag()).isEqualTo(sent.tag());
      assertThat(received.first()).isEqualTo(sent.first());
      assertThat(received.second()).isEqualTo(sent.second());
      assertThat(received.third()).isEqualTo(sent.third());
      assertThat(received.payload()).isEqualTo(sent.payload());
    }
    assertThat(received.advance()).isFalse();
    for (int at = 0; at < frame.length; at += 3) {
      byte[] damaged = frame.clone();
      damaged[at] ^= 64;
      CallFrame parsed = calls.parse(new ByteArrayInputStream(damaged));
      if (at == 0 || at >= 4) {
        assertThat(parsed).isInstanceOf(CallFrame.Malformed.class);
      }
    }
  }

  /** Bytes that an earlier release wrote must be understood for as long as the version stays. */
  @Test
  void goldenFrames() throws IOException {
    byte[] messages =
        java.util.HexFormat.of()
            .parseHex(
                "02000000"
                    + "041e6c11"
                    + "14000000"
                    + "03000000"
                    + "02000000"
                    + "01000000"
                    + "02000000"
                    + "01000000"
                    + "00000000"
                    + "0a0b"
                    + "0c"
                    + "eeff");
    List<WireMessage> expected =
        List.of(
            new WireMessage(new byte[] {10, 11}, List.of(new byte[] {(byte) 0xee, (byte) 0xff})),
            new WireMessage(new byte[] {12}, List.of()));
    assertThat(bytes(peers, new PeerFrame.Messages(expected))).isEqualTo(messages);
    Records records = new Records(8);
    records.append(1, 2, 3, 4, 5, 6, new byte[] {7}, 0, 1);
    assertThat(bytes(calls, new CallFrame.Traffic(records)))
        .isEqualTo(
            java.util.HexFormat.of()
                .parseHex(
                    "02000000"
                        + "059da852"
                        + "01020000"
                        + "01000000"
                        + "0300000000000000"
                        + "0400000000000000"
                        + "0500000000000000"
                        + "0600000000000000"
                        + "07"));
  }
}
