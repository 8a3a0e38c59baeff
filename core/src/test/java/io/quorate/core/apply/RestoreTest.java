// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.SessionOptions.Order;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.session.ExpireSessions;
import io.quorate.core.session.KeepAlive;
import io.quorate.core.session.Nonce;
import io.quorate.core.session.OpenSession;
import io.quorate.core.session.SessionLimits;
import io.quorate.core.snapshot.CorruptSnapshot;
import io.quorate.core.snapshot.SnapshotMismatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Same entries, same state; with or without snapshots on the way. */
class RestoreTest {
  private static final GroupId GROUP = GroupId.of("orders");
  private static final SessionLimits LIMITS = new SessionLimits(20, 6, 300, 100);

  private record Snapshot(SnapshotRef ref, byte[] bytes) {}

  private static Snapshot take(Applier applier) throws IOException {
    try (Capture capture = applier.capture()) {
      return write(capture);
    }
  }

  private static Snapshot write(Capture capture) throws IOException {
    var out = new ByteArrayOutputStream();
    capture.content().writeTo(out);
    return new Snapshot(capture.draft("s" + capture.slot()), out.toByteArray());
  }

  private static Applier restored(Snapshot snapshot, Tally tally) throws IOException {
    var applier = new Applier(GROUP, tally, LIMITS);
    applier.restore(snapshot.ref, new ByteArrayInputStream(snapshot.bytes));
    return applier;
  }

  /** A log in which sessions come and go, repeat themselves and fall silent. */
  private static List<Entry> randomLog(long seed, int slots) {
    var random = new Random(seed);
    var log = new TestLog();
    var sessions = new TreeMap<Long, Long>(Map.of(1L, 1L)); // id → next sequence number
    for (int slot = 0; slot < slots; slot++) {
      log.timeNanos += random.nextInt(3_000);
      int dice = random.nextInt(40);
      if (dice == 0) {
        log.epoch++;
        log.control(EntryKind.TAKEOVER, new byte[0]);
      } else if (dice == 1) {
        byte[] body = new byte[random.nextInt(50)];
        random.nextBytes(body);
        log.control(EntryKind.CONFIGURATION, body);
      } else {
        for (int left = random.nextInt(12); left > 0; left--) {
          randomCommand(random, log, sessions);
        }
        log.seal();
      }
    }
    return log.entries;
  }

  private static void randomCommand(Random random, TestLog log, NavigableMap<Long, Long> sessions) {
    List<Long> recent = sessions.descendingKeySet().stream().limit(8).toList();
    long session = recent.get(random.nextInt(recent.size()));
    int dice = random.nextInt(100);
    if (dice < 8) {
      Order order = random.nextBoolean() ? Order.SUBMISSION : Order.NONE;
      sessions.put(log.nextIndex(), 1L);
      var request = new OpenSession(new Nonce(random.nextInt(60), 1), order, 30_000);
      log.add(CommandKind.OPEN_SESSION, 0, 0, 0, request.encode());
    } else if (dice < 10) {
      log.add(CommandKind.CLOSE_SESSION, session, 0, 0, new byte[0]);
    } else if (dice < 13) {
      log.add(CommandKind.KEEP_ALIVE, 0, 0, 0, KeepAlive.encode(new long[] {session, 3}, 2));
    } else if (dice < 16) {
      log.add(CommandKind.EXPIRE_SESSIONS, 0, 0, 0, ExpireSessions.encode(log.timeNanos));
    } else if (dice < 25) {
      log.plain("p" + random.nextInt(5));
    } else {
      long next = sessions.get(session);
      long sequence = random.nextInt(3) > 0 ? next : Math.max(1, next - 3 + random.nextInt(6));
      sessions.put(session, Math.max(next, sequence + 1));
      String[] texts = {"a", "b", "throw:never mind", "big:90", "big:200"};
      String text = texts[random.nextInt(texts.length)];
      log.command(session, sequence, sequence - random.nextInt(4), text);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theSameEntriesGiveTheSameStateAndAnswersWhereverOneStarts(long seed) throws IOException {
    List<Entry> entries = randomLog(seed, 600);
    var tally = new Tally();
    var applier = new Applier(GROUP, tally, LIMITS);
    var answers = new Answers();
    List<Integer> answered = new ArrayList<>();
    List<Capture> captures = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.slot() % 37 == 0) {
        captures.add(applier.capture());
        answered.add(answers.lines.size());
      }
      answers.begin();
      applier.apply(entry, answers);
    }
    assertThat(applier.deduplicated()).isGreaterThan(50);
    assertThat(applier.failed()).isGreaterThan(50);

    // Written only now, beside everything that was applied since the cut.
    for (int i = 0; i < captures.size(); i++) {
      Snapshot snapshot = write(captures.get(i));
      captures.get(i).close();
      var copyTally = new Tally();
      Applier copy = restored(snapshot, copyTally);
      var copyAnswers = new Answers();
      for (Entry entry : entries.subList((int) snapshot.ref.slot(), entries.size())) {
        copyAnswers.begin();
        copy.apply(entry, copyAnswers);
      }
      assertThat(copyAnswers.lines)
          .isEqualTo(answers.lines.subList(answered.get(i), answers.lines.size()));
      assertThat(copyTally).isEqualTo(tally);
      assertThat(copy.sessionsDigest()).isEqualTo(applier.sessionsDigest());
      assertThat(copy.configuration()).isEqualTo(applier.configuration());
      assertThat(copy.appliedHash()).isEqualTo(applier.appliedHash());
      assertThat(take(copy).bytes).isEqualTo(take(applier).bytes);
    }
    assertThat(tally.sourcesOpen).isZero();
  }

  @Test
  void aRestoredReplicaStandsWhereTheSnapshotWasCut() throws IOException {
    var log = new TestLog();
    log.epoch = 3;
    log.plain("a").plain("b");
    var applier = new Applier(GROUP, new Tally(), LIMITS);
    applier.apply(log.seal(), null);
    applier.apply(log.control(EntryKind.CONFIGURATION, new byte[] {4}), null);
    Applier copy = restored(take(applier), new Tally());
    assertThat(copy.appliedSlot()).isEqualTo(2);
    assertThat(copy.appliedIndex()).isEqualTo(2);
    assertThat(copy.appliedEpoch()).isEqualTo(3);
    assertThat(copy.timeFloorNanos()).isEqualTo(log.timeNanos);
    assertThat(copy.configuration()).containsExactly(4);
  }

  @Test
  void aCommandRepeatedAfterARestoreIsStillRecognised() throws IOException {
    var log = new TestLog();
    var applier = new Applier(GROUP, new Tally(), LIMITS);
    var open = new OpenSession(new Nonce(1, 1), Order.SUBMISSION, 1_000);
    log.add(CommandKind.OPEN_SESSION, 0, 0, 0, open.encode()).command(1, 1, 1, "a");
    applier.apply(log.seal(), null);
    var tally = new Tally();
    Applier copy = restored(take(applier), tally);
    log.command(1, 1, 1, "a").add(CommandKind.OPEN_SESSION, 0, 0, 0, open.encode());
    var answers = new Answers();
    copy.apply(log.seal(), answers);
    assertThat(answers.lines).containsExactly("2@1 1", "1@1 " + Answers.opened(1, 1_000));
    assertThat(tally.count("a")).isEqualTo(1);
  }

  private static Applier someState() {
    var applier = new Applier(GROUP, new Tally(), LIMITS);
    for (Entry entry : randomLog(9, 40)) {
      applier.apply(entry, null);
    }
    return applier;
  }

  @Test
  void everyDamagedByteIsFoundAndLeavesTheOldStateIfItCan() throws IOException {
    Snapshot snapshot = take(someState());
    for (int at = 0; at < snapshot.bytes.length; at++) {
      byte[] damaged = snapshot.bytes.clone();
      damaged[at] ^= 0x10;
      var applier = new Applier(GROUP, new Tally(), LIMITS);
      var ref = snapshot.ref;
      assertThatThrownBy(() -> applier.restore(ref, new ByteArrayInputStream(damaged)))
          .describedAs("byte %s", at)
          .isInstanceOf(IOException.class);
      assertThat(applier.appliedSlot()).isZero();
    }
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    Snapshot snapshot = take(someState());
    for (int length = 0; length < snapshot.bytes.length; length++) {
      var in = new ByteArrayInputStream(snapshot.bytes, 0, length);
      var applier = new Applier(GROUP, new Tally(), LIMITS);
      assertThatThrownBy(() -> applier.restore(snapshot.ref, in))
          .isInstanceOf(CorruptSnapshot.class);
    }
    byte[] longer = Arrays.copyOf(snapshot.bytes, snapshot.bytes.length + 1);
    assertThatThrownBy(() -> restored(new Snapshot(snapshot.ref, longer), new Tally()))
        .isInstanceOf(CorruptSnapshot.class)
        .hasMessageContaining("bytes follow");
  }

  @Test
  void theReferenceMustMatchTheContent() throws IOException {
    Snapshot snapshot = take(someState());
    SnapshotRef r = snapshot.ref;
    var other =
        new SnapshotRef(
            r.id(),
            r.slot(),
            r.epoch() + 1,
            r.hash(),
            r.lastIndex(),
            r.timeFloorNanos(),
            r.configuration(),
            0,
            new byte[0]);
    assertThatThrownBy(() -> restored(new Snapshot(other, snapshot.bytes), new Tally()))
        .isInstanceOf(CorruptSnapshot.class)
        .hasMessageContaining("should be of slot 40");
  }

  @Test
  void aSnapshotOfANewerStateMachineNamesTheReleaseToStart() throws IOException {
    var newer = new Applier(GROUP, new Tally("tally", 3), LIMITS);
    Snapshot snapshot = take(newer);
    assertThatThrownBy(() -> restored(snapshot, new Tally("tally", 2)))
        .isInstanceOf(SnapshotMismatch.class)
        .hasMessage(
            "snapshot was written by state machine tally version 3, this is tally version 2:"
                + " start a release that reads version 3");
    var latest = new Tally("tally", 4);
    restored(snapshot, latest);
    assertThat(latest.restoredVersion).isEqualTo(3);
  }

  @Test
  void aSnapshotOfAnotherStateMachineGroupOrLimitsIsRefused() throws IOException {
    Snapshot snapshot = take(someState());
    assertThatThrownBy(() -> restored(snapshot, new Tally("ledger", 1)))
        .isInstanceOf(SnapshotMismatch.class)
        .hasMessageContaining("written by state machine tally version 1, this is ledger");
    var elsewhere = new Applier(GroupId.of("stock"), new Tally(), LIMITS);
    assertThatThrownBy(
            () -> elsewhere.restore(snapshot.ref, new ByteArrayInputStream(snapshot.bytes)))
        .isInstanceOf(SnapshotMismatch.class)
        .hasMessageContaining("of group orders, this replica is of group stock");
    var otherwise = new Applier(GROUP, new Tally(), SessionLimits.DEFAULT);
    assertThatThrownBy(
            () -> otherwise.restore(snapshot.ref, new ByteArrayInputStream(snapshot.bytes)))
        .isInstanceOf(SnapshotMismatch.class)
        .hasMessageContaining("the group lives by");
  }

  @Test
  void aRestoreThatFailsEarlyChangesNothingAndALateOneForbidsAllButAnother() throws IOException {
    Applier applier = someState();
    Snapshot snapshot = take(applier);
    byte[] early = snapshot.bytes.clone();
    early[30] ^= 1;
    assertThatThrownBy(() -> applier.restore(snapshot.ref, new ByteArrayInputStream(early)))
        .isInstanceOf(CorruptSnapshot.class);
    assertThat(take(applier).bytes).isEqualTo(snapshot.bytes);
    byte[] late = snapshot.bytes.clone();
    late[late.length - 30] ^= 1;
    assertThatThrownBy(() -> applier.restore(snapshot.ref, new ByteArrayInputStream(late)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(applier::capture).isInstanceOf(InvariantViolation.class);
    applier.restore(snapshot.ref, new ByteArrayInputStream(snapshot.bytes));
    assertThat(take(applier).bytes).isEqualTo(snapshot.bytes);
  }

  @Test
  void theDraftCarriesAllButSizeAndSum() throws IOException {
    Applier applier = someState();
    try (Capture capture = applier.capture()) {
      SnapshotRef draft = capture.draft("x");
      assertThat(draft.id()).isEqualTo("x");
      assertThat(draft.slot()).isEqualTo(applier.appliedSlot()).isEqualTo(capture.slot());
      assertThat(draft.epoch()).isEqualTo(applier.appliedEpoch());
      assertThat(draft.hash()).isEqualTo(applier.appliedHash());
      assertThat(draft.lastIndex()).isEqualTo(applier.appliedIndex());
      assertThat(draft.timeFloorNanos()).isEqualTo(applier.timeFloorNanos());
      assertThat(draft.configuration()).isEqualTo(applier.configuration());
      assertThat(draft.sizeBytes()).isZero();
    }
  }
}
