// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.inspect;

import io.quorate.api.GroupId;
import io.quorate.core.port.ObjectStore;
import io.quorate.s3.inspect.PrefixReport.Findings;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.Segment;
import org.jspecify.annotations.Nullable;

/**
 * Describes and verifies everything that one group has in a store. Blocks; reads the log from the
 * watermark on and both snapshots, so it takes as long as that takes, and costs a GET an object.
 *
 * <p>Changes nothing, and may be run while replicas run: what they replace or delete meanwhile is
 * noticed by a changed root, and then everything is read again.
 */
public final class PrefixInspector {
  private static final int ROUNDS_MAX = 3;

  private final StoreReader reader;
  private final ObjectKeys keys;
  private final GroupId group;

  private PrefixInspector(StoreReader reader, ObjectKeys keys, GroupId group) {
    this.reader = reader;
    this.keys = keys;
    this.group = group;
  }

  /**
   * Inspects a group.
   *
   * @param prefix what all keys of the store begin with, as configured
   * @param nowNanos the time, since 1970: the last hour ends with it
   * @throws StoreUnreadable the store did not answer; what was read proves nothing
   */
  public static PrefixReport inspect(ObjectStore store, String prefix, GroupId group, long nowNanos)
      throws StoreUnreadable {
    ObjectKeys keys = new ObjectKeys(prefix, group);
    PrefixInspector inspector = new PrefixInspector(new StoreReader(store), keys, group);
    PrefixReport report = inspector.round(nowNanos);
    for (int round = 1; round < ROUNDS_MAX && inspector.isOutdated(report); round++) {
      report = inspector.round(nowNanos);
    }
    return report;
  }

  /** Damage may be nothing but a change that was made meanwhile. */
  private boolean isOutdated(PrefixReport report) throws StoreUnreadable {
    if (report.damage().isEmpty() || report.rootVersion() == 0) {
      return false;
    }
    try {
      Root now = root();
      return now == null || now.version() != report.rootVersion();
    } catch (CorruptObject e) {
      return true;
    }
  }

  private @Nullable Root root() throws StoreUnreadable, CorruptObject {
    byte[] object = reader.get(keys.root());
    return object == null ? null : Root.decode(keys.root(), group, object);
  }

  private PrefixReport round(long nowNanos) throws StoreUnreadable {
    Findings findings = new Findings();
    Root root;
    try {
      root = root();
    } catch (CorruptObject e) {
      findings.damage(String.valueOf(e.getMessage()));
      return findings.report(0);
    }
    if (root == null) {
      noRoot(findings);
      return findings.report(0);
    }
    describe(root, findings);
    new LogWalk(root, keys, reader, findings, nowNanos).walk();
    new SnapshotCheck(root, keys, reader, findings).check();
    return findings.report(root.version());
  }

  private void noRoot(Findings findings) throws StoreUnreadable {
    findings.fact("root", "none");
    int others = reader.list(keys.log()).size() + reader.list(keys.snapshots()).size();
    if (others > 0) {
      findings.damage(
          "object %s is missing, and there are %d other objects of the group"
              .formatted(keys.root(), others));
    } else {
      findings.note("nothing is below " + keys.prefix() + ": no replica has ever led this group");
    }
  }

  private void describe(Root root, Findings findings) {
    findings.fact("root", keys.root());
    findings.fact("group", root.name() + " " + root.group());
    findings.fact("version", root.version());
    findings.fact("epoch", root.epoch());
    findings.fact("leader", root.leader().node() + " " + root.leader().incarnation());
    for (Segment segment : root.segments()) {
      String to = segment.open() ? "open" : "to slot " + (segment.end() - 1);
      findings.fact(
          "segment", "epoch " + segment.epoch() + " from slot " + segment.start() + ", " + to);
    }
    findings.fact("watermark", "slot " + root.truncateSlot());
    if (root.state() == Root.State.TOMBSTONE) {
      findings.note("the group was destroyed");
    }
  }
}
