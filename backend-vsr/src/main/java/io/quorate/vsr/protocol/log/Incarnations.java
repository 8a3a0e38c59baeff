// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.log;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.vsr.message.Incarnation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which members are known to have lost their disks, and whether this one has and does not know yet
 * what it may have promised. Part of the superblock; what changes goes with the next write.
 *
 * <p>Invariant: the number known of a member never decreases.
 */
public final class Incarnations {
  private final TreeMap<NodeId, Incarnation> known = new TreeMap<>();
  private boolean diskLost;
  private boolean changed;

  /** Nobody has lost anything. */
  Incarnations() {}

  void restore(Superblock found) {
    diskLost = found.diskLost();
    for (Incarnation each : found.incarnations()) {
      known.put(each.node(), each);
    }
  }

  /** Whether this replica's disk was lost, and it has not been told yet in which view to go on. */
  public boolean diskLost() {
    return diskLost;
  }

  /** The others have told in which view to go on. */
  public void diskRegained() {
    Check.that(diskLost, "no disk was lost");
    diskLost = false;
    changed = true;
  }

  /** The latest incarnation known of a member; null if it never lost its disk. */
  public @Nullable Incarnation of(NodeId node) {
    return known.get(node);
  }

  /** Its number; 0 if it never lost its disk. */
  public long numberOf(NodeId node) {
    Incarnation latest = known.get(node);
    return latest == null ? 0 : latest.number();
  }

  /** All that is known, by name. */
  public List<Incarnation> all() {
    return new ArrayList<>(known.values());
  }

  /** Remembers an incarnation unless a later one is known. */
  public void learn(Incarnation heard) {
    if (heard.number() > numberOf(heard.node())) {
      known.put(heard.node(), heard);
      changed = true;
    }
  }

  boolean changed() {
    return changed;
  }

  void written() {
    changed = false;
  }
}
