// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.story;

import io.quorate.api.GroupId;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.Refusal;
import io.quorate.s3.S3Config;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.ObjectKeys.Named;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.world.BucketRules;
import io.quorate.s3.world.S3Worlds;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.objectstore.SimBucket;
import io.quorate.sim.objectstore.SimRequest;
import io.quorate.sim.objectstore.StoreOptions;
import io.quorate.sim.scenario.Scenario;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A story's group, and its bucket as somebody reads it who knows the protocol's objects. */
final class Bucketful {
  static final Duration SOON = Duration.ofSeconds(20);

  private final Scenario scenario;
  private final BucketRules rules;

  private Bucketful(Scenario scenario, BucketRules rules) {
    this.scenario = scenario;
    this.rules = rules;
  }

  /** What stories run with: everything is soon, and happens only when it is told to. */
  static S3Config config() {
    return S3Config.defaults()
        .with(
            new S3Config.Timing(
                Duration.ofMillis(50),
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1)))
        .with(
            new S3Config.Append(
                4, 1 << 20, 1 << 16, 1_000, Duration.ZERO, Duration.ofMillis(100), 0, 10))
        .with(
            new S3Config.Requests(
                Duration.ofMillis(200),
                Duration.ofMillis(400),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                false,
                4,
                1 << 20,
                Duration.ofMillis(20),
                Duration.ofMillis(100)))
        .with(new S3Config.Snapshots(1_000_000, 2_000, 2, Duration.ofHours(1)));
  }

  static S3Config leases(Duration lease) {
    return config().with(new S3Config.Reads(lease, 0.01, S3Config.ReadBarrier.COMMITTED));
  }

  static Bucketful start(int nodes) {
    return start(nodes, config(), StoreOptions.CALM);
  }

  static Bucketful start(int nodes, S3Config config, StoreOptions store) {
    BucketRules rules = new BucketRules(config.prefix());
    Scenario scenario =
        Scenario.of(S3Worlds.with(config, rules)).nodes(nodes).seed(7).store(store).start();
    Bucketful story = new Bucketful(scenario, rules);
    scenario.await(scenario.client(1).put(1, 10));
    scenario.await(scenario.client(2).put(2, 10));
    scenario.untilEqual();
    return story;
  }

  Scenario scenario() {
    return scenario;
  }

  SimBucket bucket() {
    return scenario.bucket();
  }

  ObjectKeys keys() {
    return rules.keys();
  }

  Root root() {
    return Objects.requireNonNull(rules.root());
  }

  /** The slot behind the one log. */
  long next() {
    return rules.lastSlot() + 1;
  }

  /** Where an epoch ended. */
  long endOf(long epoch) {
    return Objects.requireNonNull(root().endOf(epoch), "epoch " + epoch + " has no end").end();
  }

  /** What is stored for a slot; null: nothing. */
  @Nullable StoredObject at(long epoch, long slot) {
    byte[] bytes = bucket().get(keys().slot(epoch, slot));
    return bytes == null ? null : decode(keys().slot(epoch, slot), bytes);
  }

  boolean isData(long epoch, long slot) {
    return at(epoch, slot) instanceof StoredObject.Data;
  }

  boolean isSeal(long epoch, long slot) {
    return at(epoch, slot) instanceof StoredObject.Seal;
  }

  private StoredObject decode(String key, byte[] bytes) {
    if (!(keys().parse(key) instanceof Named.SlotKey slot)) {
      throw new IllegalArgumentException(key);
    }
    UUID group = root().group();
    try {
      return StoredObject.decode(key, group, slot.epoch(), slot.slot(), bytes);
    } catch (CorruptObject e) {
      throw new IllegalStateException(e);
    }
  }

  // Requests by what they are for.

  static Predicate<SimRequest> by(SimNode node) {
    return request -> request.node().equals(node.id());
  }

  Predicate<SimRequest> data() {
    return request ->
        request.request() instanceof ObjectRequest.Create create
            && keys().parse(create.key()) instanceof Named.SlotKey
            && decode(create.key(), create.bytes()) instanceof StoredObject.Data;
  }

  Predicate<SimRequest> seal() {
    return request ->
        request.request() instanceof ObjectRequest.Create create
            && keys().parse(create.key()) instanceof Named.SlotKey
            && decode(create.key(), create.bytes()) instanceof StoredObject.Seal;
  }

  Predicate<SimRequest> slot(long slot) {
    return request ->
        keys().parse(request.key()) instanceof Named.SlotKey named && named.slot() == slot;
  }

  Predicate<SimRequest> deletesSlot() {
    return request ->
        request.request() instanceof ObjectRequest.Delete
            && keys().parse(request.key()) instanceof Named.SlotKey;
  }

  /** A replacement of the root that takes an epoch over. */
  Predicate<SimRequest> claim() {
    return request ->
        request.request() instanceof ObjectRequest.Replace replace
            && decodeRoot(replace).epoch() > root().epoch();
  }

  /** A replacement of the root that publishes a snapshot. */
  Predicate<SimRequest> publication() {
    return request ->
        request.request() instanceof ObjectRequest.Replace replace
            && !Objects.equals(decodeRoot(replace).snapshot(), root().snapshot());
  }

  private Root decodeRoot(ObjectRequest.Replace replace) {
    try {
      return Root.decode(replace.key(), GroupId.of("sim"), replace.bytes());
    } catch (CorruptObject e) {
      throw new IllegalStateException(e);
    }
  }

  // What happens again and again.

  /** Waits until somebody else leads a later epoch, and can serve. */
  SimNode untilAnotherLeads(SimNode old) {
    return scenario.untilAnotherLeads(SOON, old);
  }

  /** Lets the leader take a snapshot and waits until it is published. */
  void publish() {
    long version = snapshotSlot();
    askForSnapshot();
    scenario.until(() -> snapshotSlot() > version, SOON, "a snapshot is published");
  }

  /** Lets the leader take a snapshot; does not wait. */
  void askForSnapshot() {
    SimNode leader = scenario.leader();
    leader.ask(door -> door.admin(new AdminCommand.TakeSnapshot(), new Ignore(), 0));
  }

  long snapshotSlot() {
    var place = root().snapshot();
    return place == null ? 0 : place.slot();
  }

  /** Writes and publishes until the watermark is above a slot, and the slot's key is absent. */
  void truncateAbove(long epoch, long slot, int client) {
    for (int round = 0; root().truncateSlot() <= slot; round++) {
      scenario.puts(client, 4, 10);
      publish();
      if (round > 50) {
        throw new AssertionError("the watermark stays at " + root().truncateSlot());
      }
    }
    scenario.until(() -> !isData(epoch, slot), SOON, "slot " + slot + " is deleted");
  }

  /** Asks the leader to hand over; to whomever it likes if nobody is named. */
  void transfer(@Nullable SimNode target) {
    SimNode leader = scenario.leader();
    AdminCommand command = new AdminCommand.TransferLeadership(target == null ? null : target.id());
    leader.ask(door -> door.admin(command, new Ignore(), 0));
  }

  private static final class Ignore implements ReplySink {
    @Override
    public void done(long tag, long index, long epoch, byte[] result) {}

    @Override
    public void refused(long tag, Refusal refusal) {}

    @Override
    public void flush() {}
  }
}
