// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.statetransfer;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogView;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Outgoing;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.protocol.log.Loads;
import io.quorate.vsr.protocol.log.VsrLog;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Gives ops to replicas that ask for them, from memory or from the disk. */
public final class Supplier {
  private final VsrLog log;
  private final Loads loads;
  private final int bytesMax;
  private final TreeMap<NodeId, Long> loading = new TreeMap<>();

  /**
   * Nobody has asked.
   *
   * @param bytesMax ops in one answer
   */
  public Supplier(VsrLog log, Loads loads, int bytesMax) {
    this.log = log;
    this.loads = loads;
    this.bytesMax = bytesMax;
  }

  /** What is still being read back may belong to a log that is given up. */
  public void reset() {
    loading.clear();
  }

  /** Whether the ops from there on are in this log, or would be, if there were any. */
  public boolean has(long fromOp) {
    return fromOp > log.base().slot();
  }

  /** Sends what is here from {@code fromOp} to {@code throughOp}, as much as one answer holds. */
  public void give(NodeId to, long fromOp, long throughOp, Effects out) {
    if (!has(fromOp) || fromOp > log.last()) {
      return;
    }
    LogView window = log.window();
    if (fromOp < window.firstSlot()) {
      load(to, fromOp, Math.min(Math.min(window.firstSlot() - 1, throughOp), log.written()), out);
      return;
    }
    List<Entry> entries = new ArrayList<>();
    long sizeBytes = 0;
    for (long op = fromOp; op <= Math.min(window.lastSlot(), throughOp); op++) {
      Entry entry = window.get(op);
      if (entry == null || (!entries.isEmpty() && sizeBytes + entry.sizeBytes() > bytesMax)) {
        break;
      }
      entries.add(entry);
      sizeBytes += entry.sizeBytes();
    }
    send(to, entries, out);
  }

  private void send(NodeId to, List<Entry> entries, Effects out) {
    if (!entries.isEmpty()) {
      log.send(new Outgoing(to, new Prepares(log.view(), entries)), out);
    }
  }

  private void load(NodeId to, long fromOp, long throughOp, Effects out) {
    if (throughOp < fromOp || loading.containsKey(to)) {
      return; // asked again before the disk has answered
    }
    long id = loads.next();
    loading.put(to, id);
    out.load(id, fromOp, throughOp, bytesMax);
  }

  /** Sends what was read back; false if the load was not for this. */
  public boolean onLoaded(long id, List<Entry> entries, Effects out) {
    for (NodeId to : loading.keySet()) {
      if (loading.get(to) == id) {
        loading.remove(to);
        send(to, entries, out);
        return true;
      }
    }
    return false;
  }
}
