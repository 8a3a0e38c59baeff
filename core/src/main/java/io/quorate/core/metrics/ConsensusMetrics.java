// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.metrics;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts of one replica since its start. Any thread adds; reading gives a recent picture. The names
 * are part of what operators see and keep.
 */
public final class ConsensusMetrics {
  private final LongAdder commandsApplied = new LongAdder();
  private final LongAdder commandsRefused = new LongAdder();
  private final LongAdder retriesAnswered = new LongAdder();
  private final LongAdder batchesProposed = new LongAdder();
  private final LongAdder readsServed = new LongAdder();
  private final LongAdder readRounds = new LongAdder();
  private final LongAdder syncs = new LongAdder();
  private final LongAdder logBytesWritten = new LongAdder();
  private final LongAdder logScrubs = new LongAdder();
  private final LongAdder entriesRepaired = new LongAdder();
  private final LongAdder messagesSent = new LongAdder();
  private final LongAdder messagesDropped = new LongAdder();
  private final LongAdder snapshotsTaken = new LongAdder();
  private final LongAdder snapshotsInstalled = new LongAdder();
  private final LongAdder roleChanges = new LongAdder();

  /** Commands applied by the state machine or answered from a session's results. */
  public LongAdder commandsApplied() {
    return commandsApplied;
  }

  /** Commands refused at the door or by the protocol, surely not logged. */
  public LongAdder commandsRefused() {
    return commandsRefused;
  }

  /** Commands that were sent again and answered without being logged again. */
  public LongAdder retriesAnswered() {
    return retriesAnswered;
  }

  /** Batches that got a slot here. */
  public LongAdder batchesProposed() {
    return batchesProposed;
  }

  /** Reads answered with a result. */
  public LongAdder readsServed() {
    return readsServed;
  }

  /** Times the protocol was asked on behalf of a group of reads. */
  public LongAdder readRounds() {
    return readRounds;
  }

  /** Syncs of the log. */
  public LongAdder syncs() {
    return syncs;
  }

  /** Bytes of log entries made durable. */
  public LongAdder logBytesWritten() {
    return logBytesWritten;
  }

  /** Times the whole log was read in search of damage. */
  public LongAdder logScrubs() {
    return logScrubs;
  }

  /** Damaged entries of the log that were put back. */
  public LongAdder entriesRepaired() {
    return entriesRepaired;
  }

  /** Protocol messages handed to the network. */
  public LongAdder messagesSent() {
    return messagesSent;
  }

  /** Messages dropped because an inbox or an outgoing queue was full, or malformed. */
  public LongAdder messagesDropped() {
    return messagesDropped;
  }

  /** Snapshots taken here. */
  public LongAdder snapshotsTaken() {
    return snapshotsTaken;
  }

  /** Snapshots received from another replica and installed. */
  public LongAdder snapshotsInstalled() {
    return snapshotsInstalled;
  }

  /** Changes of role, epoch or leader. */
  public LongAdder roleChanges() {
    return roleChanges;
  }

  /** All counts by name. */
  public SortedMap<String, Long> snapshot() {
    SortedMap<String, Long> counts = new TreeMap<>();
    counts.put("commands_applied", commandsApplied.sum());
    counts.put("commands_refused", commandsRefused.sum());
    counts.put("retries_answered", retriesAnswered.sum());
    counts.put("batches_proposed", batchesProposed.sum());
    counts.put("reads_served", readsServed.sum());
    counts.put("read_rounds", readRounds.sum());
    counts.put("log_syncs", syncs.sum());
    counts.put("log_bytes_written", logBytesWritten.sum());
    counts.put("log_scrubs", logScrubs.sum());
    counts.put("entries_repaired", entriesRepaired.sum());
    counts.put("messages_sent", messagesSent.sum());
    counts.put("messages_dropped", messagesDropped.sum());
    counts.put("snapshots_taken", snapshotsTaken.sum());
    counts.put("snapshots_installed", snapshotsInstalled.sum());
    counts.put("role_changes", roleChanges.sum());
    return counts;
  }
}
