// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.sim.world.World;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of one client's connection to one incarnation of a replica: knows which calls
 * are open, and that each is answered exactly once.
 */
final class ServerCalls implements ReplySink {

  /** Carries an answer back over the network. */
  interface Back {
    /** Carries it, or loses it. */
    void carry(long sizeBytes, World.Action arrival);
  }

  /** A call of the client, by its own sink and tag. */
  private record Open(ReplySink sink, long tag, long sinceNanos) {}

  private final World world;
  private final String name;
  private final Back back;
  private final Map<Long, Open> open = new LinkedHashMap<>();
  private long next;

  ServerCalls(World world, String name, Back back) {
    this.world = world;
    this.name = name;
    this.back = back;
  }

  /** Registers a call; returns the tag under which the replica answers. */
  long open(ReplySink sink, long tag) {
    open.put(++next, new Open(sink, tag, world.now()));
    return next;
  }

  /** Time since which the oldest call waits for its answer; {@link Long#MAX_VALUE} if none does. */
  long oldestNanos() {
    return open.isEmpty() ? Long.MAX_VALUE : open.values().iterator().next().sinceNanos();
  }

  @Override
  public void done(long tag, long index, long epoch, byte[] result) {
    Open call = close(tag);
    if (call != null) {
      back.carry(
          result.length + 32L,
          () -> {
            call.sink.done(call.tag, index, epoch, result);
            call.sink.flush();
          });
    }
  }

  @Override
  public void refused(long tag, Refusal refusal) {
    Open call = close(tag);
    if (call != null) {
      world.coverage().hit("refused." + refusal.code());
      back.carry(
          64,
          () -> {
            call.sink.refused(call.tag, refusal);
            call.sink.flush();
          });
    }
  }

  private @Nullable Open close(long tag) {
    Open call = open.remove(tag);
    if (call == null) {
      world.fail(name + " answers call " + tag + " twice");
    }
    return call;
  }

  @Override
  public void flush() {}

  /** The replica is gone: the client learns that its connection broke, in time or never. */
  void breakConnection() {
    Refusal broken =
        Refusal.of(RefusalCode.INDETERMINATE, "the connection broke before an answer came");
    for (Open call : open.values()) {
      back.carry(64, () -> call.sink.refused(call.tag, broken));
    }
    open.clear();
  }
}
