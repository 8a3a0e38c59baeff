// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.api.GroupId;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.check.Check;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.Slab;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.session.ExpireSessions;
import io.quorate.core.session.KeepAlive;
import io.quorate.core.session.OpenSession;
import io.quorate.core.session.SessionLimits;
import io.quorate.core.session.SessionTable;
import io.quorate.core.snapshot.CorruptSnapshot;
import io.quorate.core.snapshot.SnapshotHeader;
import io.quorate.core.snapshot.SnapshotInput;
import io.quorate.core.snapshot.SnapshotMismatch;
import io.quorate.core.snapshot.SnapshotSection;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The replicated state of one group on one replica: session table and the user's state machine,
 * moved forward by committed entries alone. Same entries, same state, whatever the replica.
 *
 * <p>Confined to one thread at a time, and synchronous; only a {@link Capture} is used beside it.
 * What is applied was made durable before, by the log; nothing here is written to disk.
 *
 * <p>Invariants: the entry at {@link #appliedSlot()} has H = {@link #appliedHash()}; {@link
 * #appliedIndex()} counts the records of all entries up to it, refused ones included.
 *
 * <p>After an {@link Error} of the state machine, an {@link InvariantViolation} or a {@link
 * #restore} that failed within the state machine, the state may be half of something: every further
 * call but {@link #restore} throws.
 */
public final class Applier {
  /** What is known of a command that was sent again. */
  public enum Repetition {
    /** It was executed, and its answer of that time was given once more. */
    ANSWERED,
    /** Not executed as far as was applied here. */
    UNKNOWN,
    /** Only what is in the log can decide. */
    TO_BE_LOGGED
  }

  private static final int TEXT_CHARS_MAX = 256;
  private static final byte[] NOTHING = {};

  private final GroupId group;
  private final StateMachine stateMachine;
  private final SessionLimits limits;
  private final CommandContext context;
  private final Slab.Cursor cursor = new Slab.Cursor();

  private final Chores chores = new Chores();
  private SessionTable sessions;
  private long appliedSlot;
  private long appliedEpoch;
  private ChainHash appliedHash = ChainHash.ROOT;
  private long appliedIndex;
  private long timeFloorNanos = Long.MIN_VALUE;
  private byte[] configuration = NOTHING;
  private boolean broken;

  /** Why the command executed last has no result; null if it has one. */
  private @Nullable String failure;

  private long deduplicated;
  private long failed;

  /** The state before the first entry of a log. */
  public Applier(GroupId group, StateMachine stateMachine, SessionLimits limits) {
    this.group = group;
    this.stateMachine = stateMachine;
    this.limits = limits;
    this.context = new CommandContext(group);
    this.sessions = new SessionTable(limits);
  }

  /** Takes the answers to the commands of one entry, in their order, each exactly once. */
  public interface Replies {
    /**
     * The command took effect.
     *
     * @param ordinal of the command within the entry, from 0
     * @param index of the command, of its first execution if this one repeats it
     * @param epoch of that execution
     */
    void done(int ordinal, long index, long epoch, byte[] result);

    /** The command has no result. */
    void refused(int ordinal, Refusal why);
  }

  /** Last slot that the state includes; 0 at first. */
  public long appliedSlot() {
    return appliedSlot;
  }

  /** Epoch of the entry at {@link #appliedSlot()}. */
  public long appliedEpoch() {
    return appliedEpoch;
  }

  /** H({@link #appliedSlot()}). */
  public ChainHash appliedHash() {
    return appliedHash;
  }

  /** Index of the last command that the state includes; 0 at first. */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** The earliest consensus time that the next entry may carry. */
  public long timeFloorNanos() {
    return timeFloorNanos;
  }

  /** Body of the last configuration entry applied; empty if there was none. Do not modify. */
  public byte[] configuration() {
    return configuration;
  }

  /** Number of open sessions. */
  public int sessions() {
    return sessions.size();
  }

  /** Commands that were answered without being executed again, since this object was made. */
  public long deduplicated() {
    return deduplicated;
  }

  /** Commands on which the state machine threw, since this object was made. */
  public long failed() {
    return failed;
  }

  /** Whether the entry applied last asks for a snapshot of the state after it. */
  public boolean asksForCheckpoint() {
    return chores.asksForCheckpoint();
  }

  /** Whether the entry applied last held only what keeps digests and checkpoints going. */
  public boolean wasChore() {
    return chores.wereAll();
  }

  /** Hash over the session table, see {@link SessionTable#digest}. */
  public ChainHash sessionsDigest() {
    return sessions.digest();
  }

  /** Digest of the state machine's latest state of which one was taken; null if there is none. */
  public @Nullable StateDigest latestDigest() {
    return chores.latestDigest();
  }

  /** See {@link SessionTable#has}. */
  public boolean hasSession(long session) {
    return sessions.has(session);
  }

  /** See {@link SessionTable#earliestExpiryNanos}. */
  public long earliestExpiryNanos() {
    return sessions.earliestExpiryNanos();
  }

  /** See {@link SessionTable#expiryDue}. */
  public byte @Nullable [] expiryDue(long timeNanos) {
    return sessions.expiryDue(timeNanos);
  }

  /** See {@link SessionTable#keepAliveDue}. */
  public boolean keepAliveDue(long session, long timeNanos) {
    return sessions.keepAliveDue(session, timeNanos);
  }

  /**
   * Applies the entry that follows the last one.
   *
   * @param replies takes the answers; null if nobody waits here
   * @throws InvariantViolation if the entry is not the next of this log, or not as it was sealed
   */
  public void apply(Entry entry, @Nullable Replies replies) {
    ensureWhole();
    broken = true;
    chores.begin(entry);
    verify(entry);
    switch (entry.kind()) {
      case COMMANDS -> applyCommands(entry, replies);
      case TAKEOVER -> sessions.grace(entry.timeNanos());
      case CONFIGURATION -> configuration = entry.body();
    }
    appliedSlot = entry.slot();
    appliedEpoch = entry.epoch();
    appliedHash = entry.hash();
    appliedIndex = entry.lastIndex();
    timeFloorNanos = entry.timeFloorNanos();
    chores.end(appliedSlot, stateMachine);
    broken = false;
  }

  /**
   * Answers a command of a session that was sent again, if it was executed already. What was
   * executed stays so, whoever leads, so this needs no proof of being current; the rest does.
   *
   * @param timeNanos consensus time, about
   */
  public Repetition answerAgain(long session, long sequence, long timeNanos, Replies replies) {
    ensureWhole();
    SessionTable.Verdict verdict = sessions.repetition(session, sequence);
    if (verdict == SessionTable.Verdict.EXECUTE) {
      return Repetition.UNKNOWN;
    }
    // A session from which little was heard lately must be heard in the log.
    if (verdict == SessionTable.Verdict.SESSION_EXPIRED
        || sessions.keepAliveDue(session, timeNanos)) {
      return Repetition.TO_BE_LOGGED;
    }
    deduplicated++;
    if (verdict == SessionTable.Verdict.REPEATED_RESULT) {
      replies.done(0, sessions.repeatedIndex(), sessions.repeatedEpoch(), sessions.repeated());
    } else {
      replies.refused(0, refusalOf(verdict, session, sequence));
    }
    return Repetition.ANSWERED;
  }

  /**
   * Asks the state machine.
   *
   * @throws QueryFailed if it threw
   */
  public byte[] query(byte[] query) {
    ensureWhole();
    try {
      byte[] answer = stateMachine.query(query);
      if (answer == null) {
        throw new NullPointerException("the state machine answered a query with null");
      }
      return answer;
    } catch (RuntimeException e) {
      throw new QueryFailed(Refusal.of(RefusalCode.COMMAND_FAILED, textOf(e)), e);
    }
  }

  /**
   * Cuts the present state. As quick as the state machine's own {@link StateMachine#capture}, whose
   * {@link RuntimeException} passes through and harms nothing here.
   */
  public Capture capture() {
    ensureWhole();
    SnapshotSource source = stateMachine.capture();
    SnapshotHeader header =
        new SnapshotHeader(
            group,
            stateMachine.name(),
            stateMachine.version(),
            appliedSlot,
            appliedEpoch,
            appliedHash,
            appliedIndex,
            timeFloorNanos,
            configuration);
    return new Capture(header, sessions.freeze(), source);
  }

  /**
   * Replaces the whole state by a snapshot, reading it to its end. Nothing is changed before header
   * and sessions are proved.
   *
   * @throws CorruptSnapshot if the content is damaged or is not what {@code ref} promises
   * @throws SnapshotMismatch if it belongs to another group or state machine, or to a newer release
   * @throws IOException if the stream fails, or the state machine refuses what it wrote
   */
  public void restore(SnapshotRef ref, InputStream in) throws IOException {
    SnapshotInput snapshot = new SnapshotInput(in);
    SnapshotHeader header = snapshot.header();
    verifyOwner(header);
    header.verify(ref);
    SessionTable restored;
    try (InputStream section = snapshot.section(SnapshotSection.SESSIONS)) {
      restored = readSessions(section);
    }
    broken = true;
    try (InputStream section = snapshot.section(SnapshotSection.STATE)) {
      stateMachine.restore(section, header.version());
    } catch (RuntimeException e) {
      throw new IOException(
          "state machine " + header.stateMachine() + " could not restore " + ref + ": " + e, e);
    }
    snapshot.finish();
    sessions = restored;
    chores.forget();
    appliedSlot = header.slot();
    appliedEpoch = header.epoch();
    appliedHash = header.hash();
    appliedIndex = header.lastIndex();
    timeFloorNanos = header.timeFloorNanos();
    configuration = header.configuration();
    broken = false;
  }

  private void ensureWhole() {
    Check.that(
        !broken, "the state behind slot %s is not whole: apply or restore failed", appliedSlot);
  }

  private void verify(Entry entry) {
    Check.that(entry.slot() == appliedSlot + 1, "%s does not follow slot %s", entry, appliedSlot);
    Check.that(
        entry.parentHash().equals(appliedHash), "%s does not link to H %s", entry, appliedHash);
    Check.that(
        entry.epoch() >= appliedEpoch, "epoch of %s is below the last, %s", entry, appliedEpoch);
    Check.that(
        entry.firstIndex() == appliedIndex + 1, "%s does not follow index %s", entry, appliedIndex);
    Check.that(
        entry.timeNanos() >= timeFloorNanos, "time of %s is below %s", entry, timeFloorNanos);
    try {
      entry.verifyBody();
    } catch (CorruptEntry e) {
      throw new InvariantViolation("before apply: " + e.getMessage());
    }
  }

  private void applyCommands(Entry entry, @Nullable Replies replies) {
    cursor.reset(entry);
    long epoch = entry.epoch();
    long firstIndex = entry.firstIndex();
    long firstTime = entry.timeNanos();
    int ordinal = 0;
    while (cursor.advance()) {
      applyCommand(ordinal, firstIndex + ordinal, epoch, firstTime + ordinal, replies);
      ordinal++;
    }
    Check.that(ordinal == entry.count(), "%s holds %s commands", entry, ordinal);
  }

  private void applyCommand(
      int ordinal, long index, long epoch, long timeNanos, @Nullable Replies replies) {
    switch (cursor.kind()) {
      case SESSION -> applyInSession(ordinal, index, epoch, timeNanos, replies);
      case PLAIN -> applyPlain(ordinal, index, epoch, timeNanos, replies);
      case OPEN_SESSION -> open(ordinal, index, epoch, timeNanos, replies);
      case CLOSE_SESSION -> {
        sessions.close(cursor.session());
        done(replies, ordinal, index, epoch, NOTHING);
      }
      case KEEP_ALIVE -> keepAlive(ordinal, index, epoch, timeNanos, replies);
      case EXPIRE_SESSIONS -> expire(ordinal, index, epoch, timeNanos, replies);
      case DIGEST, CHECKPOINT -> {
        chores.run(cursor.kind(), cursor.payload());
        done(replies, ordinal, index, epoch, NOTHING);
      }
    }
  }

  private void applyInSession(
      int ordinal, long index, long epoch, long timeNanos, @Nullable Replies replies) {
    SessionTable.Verdict verdict =
        sessions.begin(cursor.session(), cursor.sequence(), cursor.acknowledgedBelow(), timeNanos);
    switch (verdict) {
      case EXECUTE -> {
        byte[] result = execute(index, epoch, timeNanos);
        String text = failure;
        if (text == null) {
          sessions.executed(index, epoch, result);
          done(replies, ordinal, index, epoch, result);
        } else {
          sessions.failed(index, epoch, text);
          refuse(replies, ordinal, RefusalCode.COMMAND_FAILED, text);
        }
      }
      case REPEATED_RESULT -> {
        deduplicated++;
        done(
            replies,
            ordinal,
            sessions.repeatedIndex(),
            sessions.repeatedEpoch(),
            sessions.repeated());
      }
      case REPEATED_FAILURE, RESULT_DROPPED, STALE_SEQUENCE -> {
        deduplicated++;
        refuse(replies, ordinal, verdict);
      }
      case OUT_OF_ORDER, WINDOW_FULL, SESSION_EXPIRED -> refuse(replies, ordinal, verdict);
    }
  }

  private void applyPlain(
      int ordinal, long index, long epoch, long timeNanos, @Nullable Replies replies) {
    byte[] result = execute(index, epoch, timeNanos);
    String text = failure;
    if (text == null) {
      done(replies, ordinal, index, epoch, result);
    } else {
      refuse(replies, ordinal, RefusalCode.COMMAND_FAILED, text);
    }
  }

  private byte[] execute(long index, long epoch, long timeNanos) {
    context.move(index, epoch, timeNanos);
    failure = null;
    try {
      byte[] result = stateMachine.apply(cursor.payload(), context);
      if (result == null) {
        failure = "the state machine returned null";
      } else if (result.length > limits.resultBytesMax()) {
        failure =
            "the result has " + result.length + " bytes, more than " + limits.resultBytesMax();
      } else {
        return result;
      }
    } catch (RuntimeException e) {
      failure = textOf(e);
    }
    failed++;
    return NOTHING;
  }

  private void open(
      int ordinal, long index, long epoch, long timeNanos, @Nullable Replies replies) {
    OpenSession request;
    try {
      request = OpenSession.decode(cursor.payload());
    } catch (IllegalArgumentException e) {
      refuse(replies, ordinal, RefusalCode.COMMAND_FAILED, textOf(e));
      return;
    }
    long session = sessions.open(request, index, epoch, timeNanos);
    if (session == 0) {
      refuse(
          replies,
          ordinal,
          RefusalCode.SESSION_LIMIT,
          "the group holds " + limits.sessionsMax() + " sessions: close some, or wait for expiry");
    } else {
      long openedEpoch = sessions.openedEpoch(session);
      byte[] result = OpenSession.encodeResult(session, sessions.ttlNanos(session));
      done(replies, ordinal, session, openedEpoch, result);
    }
  }

  private void keepAlive(
      int ordinal, long index, long epoch, long timeNanos, @Nullable Replies replies) {
    try {
      long[] unknown = sessions.keepAlive(KeepAlive.decode(cursor.payload()), timeNanos);
      done(replies, ordinal, index, epoch, KeepAlive.encode(unknown, unknown.length));
    } catch (IllegalArgumentException e) {
      refuse(replies, ordinal, RefusalCode.COMMAND_FAILED, textOf(e));
    }
  }

  private void expire(
      int ordinal, long index, long epoch, long timeNanos, @Nullable Replies replies) {
    try {
      int ended = sessions.expire(ExpireSessions.decode(cursor.payload()), timeNanos);
      byte[] result = new byte[Long.BYTES];
      Bytes.putLong(result, 0, ended);
      done(replies, ordinal, index, epoch, result);
    } catch (IllegalArgumentException e) {
      refuse(replies, ordinal, RefusalCode.COMMAND_FAILED, textOf(e));
    }
  }

  private static void done(
      @Nullable Replies replies, int ordinal, long index, long epoch, byte[] result) {
    if (replies != null) {
      replies.done(ordinal, index, epoch, result);
    }
  }

  private static void refuse(
      @Nullable Replies replies, int ordinal, RefusalCode code, String text) {
    if (replies != null) {
      replies.refused(ordinal, Refusal.of(code, text));
    }
  }

  private void refuse(@Nullable Replies replies, int ordinal, SessionTable.Verdict verdict) {
    if (replies != null) {
      replies.refused(ordinal, refusalOf(verdict, cursor.session(), cursor.sequence()));
    }
  }

  private Refusal refusalOf(SessionTable.Verdict verdict, long session, long sequence) {
    String command = "command " + sequence + " of session " + session;
    return switch (verdict) {
      case REPEATED_FAILURE -> Refusal.of(RefusalCode.COMMAND_FAILED, sessions.repeatedText());
      case RESULT_DROPPED ->
          Refusal.of(
              RefusalCode.RESULT_DROPPED,
              command + " was applied earlier, its result was too much to keep: read the state");
      case STALE_SEQUENCE ->
          Refusal.of(
              RefusalCode.STALE_SEQUENCE,
              command + " is below what its client acknowledged: it was answered earlier");
      case OUT_OF_ORDER ->
          Refusal.of(
              RefusalCode.OUT_OF_ORDER,
              command + " came before its predecessor: submit again from the first unanswered");
      case WINDOW_FULL ->
          Refusal.of(
              RefusalCode.WINDOW_FULL,
              command
                  + " is more than "
                  + limits.inFlightMax()
                  + " above the first unacknowledged: wait for answers");
      case SESSION_EXPIRED ->
          Refusal.of(
              RefusalCode.SESSION_EXPIRED,
              "session " + session + " was closed, has expired or never was: open another");
      case EXECUTE, REPEATED_RESULT ->
          throw new IllegalArgumentException(verdict + " is not a refusal");
    };
  }

  /** Part of the replicated answer, so: nothing in it but class and message, and bounded. */
  private static String textOf(RuntimeException e) {
    String text = e.getClass().getName() + ": " + e.getMessage();
    return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX);
  }

  private void verifyOwner(SnapshotHeader header) throws SnapshotMismatch {
    if (!header.group().equals(group)) {
      throw new SnapshotMismatch(
          "snapshot is of group " + header.group() + ", this replica is of group " + group);
    }
    String written =
        "snapshot was written by state machine "
            + header.stateMachine()
            + " version "
            + header.version();
    if (!header.stateMachine().equals(stateMachine.name())) {
      throw new SnapshotMismatch(
          written + ", this is " + stateMachine.name() + ": start the replica with the former");
    }
    if (header.version() > stateMachine.version()) {
      throw new SnapshotMismatch(
          written
              + ", this is "
              + stateMachine.name()
              + " version "
              + stateMachine.version()
              + ": start a release that reads version "
              + header.version());
    }
  }

  private SessionTable readSessions(InputStream section) throws IOException {
    try {
      byte[] header = readRecord(section);
      SessionTable restored = SessionTable.ofHeader(header);
      if (!restored.limits().equals(limits)) {
        throw new SnapshotMismatch(
            "the group lives by " + restored.limits() + ", this replica was given " + limits);
      }
      for (int left = SessionTable.countOf(header); left > 0; left--) {
        restored.load(readRecord(section));
      }
      if (section.read() != -1) {
        throw new CorruptSnapshot("bytes follow the sessions");
      }
      return restored;
    } catch (IllegalArgumentException e) {
      throw new CorruptSnapshot(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] readRecord(InputStream section) throws IOException {
    byte[] lengthBytes = section.readNBytes(4);
    int length = lengthBytes.length < 4 ? -1 : Bytes.getInt(lengthBytes, 0);
    if (length < 0) {
      throw new CorruptSnapshot("the sessions are cut off");
    }
    byte[] record = section.readNBytes(length);
    if (record.length < length) {
      throw new CorruptSnapshot("the sessions are cut off");
    }
    return record;
  }
}
