// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what operators want to read to the log: role changes and halts, the rest at debug. */
public final class LoggingObserver implements Observer {
  private static final Logger LOG = LoggerFactory.getLogger("io.quorate.replica");

  private final String who;

  /** What the last line said; touched by the replica's loop only. */
  private @Nullable RoleChange said;

  /** Names the replica in each line. */
  public LoggingObserver(GroupId group, NodeId self) {
    who = group + "/" + self;
  }

  @Override
  public void onRole(RoleChange change) {
    RoleChange before = said;
    if (before != null
        && before.role() == change.role()
        && before.epoch() == change.epoch()
        && Objects.equals(before.leader(), change.leader())) {
      LOG.debug("{} is still {}: {}", who, change.role(), change.reason());
      return; // a candidate without a majority would fill the log
    }
    said = change;
    LOG.info(
        "{} is {} in epoch {}, leader {}: {}",
        who,
        change.role(),
        change.epoch(),
        change.leader() == null ? "unknown" : change.leader(),
        change.reason());
  }

  @Override
  public void onCommit(long slot) {
    LOG.trace("{} committed {}", who, slot);
  }

  @Override
  public void onApplied(Entry entry) {
    LOG.trace("{} applied {}", who, entry);
  }

  @Override
  public void onTrace(Trace trace) {
    LOG.debug("{} {}", who, trace);
  }

  @Override
  public void onHalt(String reason) {
    LOG.error("{} halted: {}", who, reason);
  }
}
