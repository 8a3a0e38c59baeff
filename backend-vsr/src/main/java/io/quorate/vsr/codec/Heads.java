// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.codec;

import com.google.protobuf.ByteString;
import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.vsr.codec.proto.HashHead;
import io.quorate.vsr.codec.proto.IncarnationHead;
import io.quorate.vsr.codec.proto.LogShapeHead;
import io.quorate.vsr.codec.proto.RunHead;
import io.quorate.vsr.codec.proto.SnapshotHead;
import io.quorate.vsr.message.Incarnation;
import io.quorate.vsr.message.LogShape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The parts that several messages have, both ways. */
final class Heads {
  private static final int SHA256_BYTES = 32;

  private Heads() {}

  static void ifKnown(@Nullable ChainHash hash, Consumer<HashHead> set) {
    if (hash != null) {
      set.accept(of(hash));
    }
  }

  private static HashHead of(ChainHash hash) {
    return HashHead.newBuilder().setHigh(hash.high()).setLow(hash.low()).build();
  }

  static ChainHash hash(HashHead head) {
    return new ChainHash(head.getHigh(), head.getLow());
  }

  static LogShapeHead of(LogShape shape) {
    LogShapeHead.Builder head =
        LogShapeHead.newBuilder()
            .setBase(shape.base())
            .setBaseView(shape.baseView())
            .setOp(shape.op());
    for (LogShape.Run run : shape.runs()) {
      head.addRuns(RunHead.newBuilder().setFirstOp(run.firstOp()).setView(run.view()));
    }
    ifKnown(shape.hash(), head::setHash);
    return head.build();
  }

  static LogShape shape(LogShapeHead head) throws MalformedMessage {
    List<LogShape.Run> runs = new ArrayList<>(head.getRunsCount());
    for (RunHead run : head.getRunsList()) {
      runs.add(new LogShape.Run(run.getFirstOp(), run.getView()));
    }
    String wrong = LogShape.whatIsWrong(head.getBase(), head.getBaseView(), runs, head.getOp());
    if (wrong != null) {
      throw new MalformedMessage("not the shape of a log: " + wrong);
    }
    return new LogShape(
        head.getBase(),
        head.getBaseView(),
        runs,
        head.getOp(),
        head.hasHash() ? hash(head.getHash()) : null);
  }

  static List<Entry> entries(long view, List<byte[]> frames) throws MalformedMessage {
    List<Entry> entries = new ArrayList<>(frames.size());
    for (byte[] frame : frames) {
      Entry entry = entry(frame);
      Entry before = entries.isEmpty() ? null : entries.get(entries.size() - 1);
      boolean follows =
          before == null
              || (entry.slot() == before.slot() + 1
                  && entry.epoch() >= before.epoch()
                  && entry.parentHash().equals(before.hash()));
      if (!follows || entry.epoch() > view) {
        throw new MalformedMessage(
            entry
                + (before == null ? "" : " does not follow " + before + ", or")
                + " is of a later view than "
                + view);
      }
      entries.add(entry);
    }
    return entries;
  }

  private static Entry entry(byte[] frame) throws MalformedMessage {
    try {
      Entry entry = Entry.decode(frame);
      entry.verifyBody();
      return entry;
    } catch (CorruptEntry e) {
      throw new MalformedMessage("an entry is damaged", e);
    }
  }

  static List<IncarnationHead> of(List<Incarnation> incarnations) {
    List<IncarnationHead> heads = new ArrayList<>(incarnations.size());
    for (Incarnation each : incarnations) {
      heads.add(
          IncarnationHead.newBuilder()
              .setNode(each.node().value())
              .setNumber(each.number())
              .setNonce(each.nonce())
              .build());
    }
    return heads;
  }

  static List<Incarnation> incarnations(List<IncarnationHead> heads) throws MalformedMessage {
    List<Incarnation> incarnations = new ArrayList<>(heads.size());
    for (IncarnationHead head : heads) {
      incarnations.add(
          new Incarnation(
              node(head.getNode()), positive(head.getNumber(), "incarnation"), head.getNonce()));
    }
    return incarnations;
  }

  private static NodeId node(String name) throws MalformedMessage {
    try {
      return NodeId.of(name);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessage("a member has no name", e);
    }
  }

  static long positive(long value, String what) throws MalformedMessage {
    if (value <= 0) {
      throw new MalformedMessage("a number from 1 is expected for " + what + ": " + value);
    }
    return value;
  }

  static SnapshotHead of(SnapshotRef snapshot) {
    return SnapshotHead.newBuilder()
        .setId(snapshot.id())
        .setOp(snapshot.slot())
        .setView(snapshot.epoch())
        .setHash(of(snapshot.hash()))
        .setLastIndex(snapshot.lastIndex())
        .setTimeFloorNanos(snapshot.timeFloorNanos())
        .setConfiguration(ByteString.copyFrom(snapshot.configuration()))
        .setSizeBytes(snapshot.sizeBytes())
        .setSha256(ByteString.copyFrom(snapshot.sha256()))
        .build();
  }

  static SnapshotRef snapshot(SnapshotHead head) throws MalformedMessage {
    if (head.getSha256().size() != SHA256_BYTES) {
      throw new MalformedMessage("a snapshot without its checksum");
    }
    return new SnapshotRef(
        head.getId(),
        notNegative(head.getOp(), "op"),
        notNegative(head.getView(), "view"),
        hash(head.getHash()),
        notNegative(head.getLastIndex(), "index"),
        head.getTimeFloorNanos(),
        head.getConfiguration().toByteArray(),
        notNegative(head.getSizeBytes(), "size"),
        head.getSha256().toByteArray());
  }

  static long notNegative(long value, String what) throws MalformedMessage {
    if (value < 0) {
      throw new MalformedMessage("a " + what + " is negative: " + value);
    }
    return value;
  }
}
