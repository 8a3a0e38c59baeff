// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.core.session.Window.Kept;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may still repeat which command, and what to answer then: the replicated part of exactly-once.
 * A function of the log alone. Confined to the one thread that applies; only a {@link
 * FrozenSessions} may be read beside it.
 *
 * <p>The rules, in the order in which {@link #begin} tries them:
 *
 * <ol>
 *   <li>a session that is not in the table ended, or never began: {@link Verdict#SESSION_EXPIRED}
 *   <li>any command of a session is a sign of life, and its acknowledgement drops results; it
 *       cannot acknowledge itself. A number that was acknowledged but never executed is one that
 *       the client gave up after a sure refusal: the session steps over it
 *   <li>below the acknowledgement: {@link Verdict#STALE_SEQUENCE}
 *   <li>executed before: the answer of that time, or {@link Verdict#RESULT_DROPPED}
 *   <li>in an ordered session, neither the one after the last executed nor the first that is not
 *       acknowledged: {@link Verdict#OUT_OF_ORDER}
 *   <li>too far above the acknowledgement: {@link Verdict#WINDOW_FULL}
 *   <li>otherwise {@link Verdict#EXECUTE}; {@link #executed} or {@link #failed} must follow
 * </ol>
 *
 * <p>Only a closing command, or an {@link ExpireSessions} command after the session's time is over,
 * takes a session away; a command that comes late but before that revives it. A full table refuses
 * new sessions rather than forget one.
 *
 * <p>Invariants: at most {@code sessionsMax} rows by way of {@link #open}; one nonce per row and
 * back; no deadline is before {@link #earliestExpiryNanos}.
 */
public final class SessionTable {

  /** What to do with a command of a session. */
  public enum Verdict {
    /** Execute it and tell the table the result. */
    EXECUTE,
    /** Executed earlier; {@link #repeated()} has the result. */
    REPEATED_RESULT,
    /** Failed earlier; {@link #repeated()} has the text. */
    REPEATED_FAILURE,
    /** Executed earlier; the result was too much to keep. */
    RESULT_DROPPED,
    /** The client itself no longer needs it. */
    STALE_SEQUENCE,
    /** Its predecessor in an ordered session is missing. */
    OUT_OF_ORDER,
    /** Too far above the acknowledgement. */
    WINDOW_FULL,
    /** The session is not in the table. */
    SESSION_EXPIRED
  }

  private static final int HEADER_BYTES = 32;
  private static final byte[] NONE = {};

  private final SessionLimits limits;
  private final SessionMap sessions = new SessionMap();
  private final TreeMap<Nonce, Long> byNonce = new TreeMap<>();

  /** No session counts as silent since before this time: when the last leader took over. */
  private long graceNanos = Long.MIN_VALUE;

  /** A lower bound of all deadlines; not part of the state. */
  private long earliestExpiryNanos = Long.MAX_VALUE;

  /** Rows of older generations belong to a {@link FrozenSessions} and are copied before a write. */
  private int generation;

  private @Nullable Session executing;
  private long executingSequence;
  private long repeatedIndex;
  private long repeatedEpoch;
  private byte[] repeated = NONE;

  /** A table without sessions. */
  public SessionTable(SessionLimits limits) {
    this.limits = limits;
  }

  /** Number of sessions. */
  public int size() {
    return sessions.size();
  }

  /** Whether the session lives. */
  public boolean has(long session) {
    return sessions.find(session) >= 0;
  }

  /**
   * Opens a session, or finds the one that this nonce opened.
   *
   * @param index of the opening command: becomes the id of a new session
   * @return the session's id, 0 if the table is full
   */
  public long open(OpenSession request, long index, long epoch, long timeNanos) {
    Long known = byNonce.get(request.nonce());
    if (known != null) {
      writable(sessions.find(known)).touch(timeNanos);
      return known;
    }
    if (sessions.size() >= limits.sessionsMax()) {
      return 0;
    }
    add(
        new Session(
            index,
            epoch,
            request.nonce(),
            request.order(),
            request.ttlNanos(),
            timeNanos,
            new Window(1, 0),
            generation));
    return index;
  }

  /** Epoch of the command that opened a session of this table. */
  public long openedEpoch(long session) {
    return row(session).openedEpoch;
  }

  /** Silence after which a session of this table may expire. */
  public long ttlNanos(long session) {
    return row(session).ttlNanos;
  }

  /** Begins a command of a session, by the rules above. */
  public Verdict begin(long session, long sequence, long acknowledgedBelow, long timeNanos) {
    Check.that(executing == null, "a command of session %s began within another", session);
    int position = sessions.find(session);
    if (position < 0) {
      return Verdict.SESSION_EXPIRED;
    }
    Session row = writable(position);
    Window window = row.window;
    row.touch(timeNanos);
    window.acknowledge(Math.min(acknowledgedBelow, sequence));
    if (sequence < window.acknowledgedBelow()) {
      return Verdict.STALE_SEQUENCE;
    }
    Kept kept = window.kept(sequence);
    if (kept != Kept.NOTHING) {
      return repeat(window, sequence, kept);
    }
    long next = Math.max(window.highest() + 1, window.acknowledgedBelow());
    if (row.ordered() && sequence != next) {
      return Verdict.OUT_OF_ORDER;
    }
    if (sequence - window.acknowledgedBelow() >= limits.inFlightMax()) {
      return Verdict.WINDOW_FULL;
    }
    executing = row;
    executingSequence = sequence;
    return Verdict.EXECUTE;
  }

  /**
   * What {@link #begin} would say of a command that was executed before; changes nothing. {@link
   * Verdict#EXECUTE} if it was not, and {@link Verdict#SESSION_EXPIRED} without a session, say
   * nothing about what a log entry not yet applied will find.
   */
  public Verdict repetition(long session, long sequence) {
    int position = sessions.find(session);
    if (position < 0) {
      return Verdict.SESSION_EXPIRED;
    }
    Window window = sessions.at(position).window;
    if (sequence < window.acknowledgedBelow()) {
      return Verdict.STALE_SEQUENCE;
    }
    Kept kept = window.kept(sequence);
    return kept == Kept.NOTHING ? Verdict.EXECUTE : repeat(window, sequence, kept);
  }

  /** The command that began was executed. */
  public void executed(long index, long epoch, byte[] result) {
    finish(Kept.RESULT, index, epoch, result);
  }

  /** The command that began was executed, and the state machine threw. */
  public void failed(long index, long epoch, String text) {
    finish(Kept.FAILURE, index, epoch, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Index of the first execution of the command that was just found to be repeated. */
  public long repeatedIndex() {
    return repeatedIndex;
  }

  /** Epoch of the first execution of the command that was just found to be repeated. */
  public long repeatedEpoch() {
    return repeatedEpoch;
  }

  /** Result of the command that was just found to be repeated; not copied, do not modify. */
  public byte[] repeated() {
    return repeated;
  }

  /** Text of the failure that was just found to be repeated. */
  public String repeatedText() {
    return new String(repeated, StandardCharsets.UTF_8);
  }

  /** Ends a session; false if there was none. */
  public boolean close(long session) {
    int position = sessions.find(session);
    if (position < 0) {
      return false;
    }
    drop(sessions.at(position));
    return true;
  }

  /** Notes signs of life; returns the ids that are not in the table. */
  public long[] keepAlive(long[] ids, long timeNanos) {
    long[] unknown = new long[ids.length];
    int count = 0;
    for (long id : ids) {
      int position = sessions.find(id);
      if (position >= 0) {
        writable(position).touch(timeNanos);
      } else {
        unknown[count++] = id;
      }
    }
    return Arrays.copyOf(unknown, count);
  }

  /** A new leader took over: nobody is held to have been silent before. */
  public void grace(long timeNanos) {
    graceNanos = Math.max(graceNanos, timeNanos);
  }

  /**
   * Ends all sessions whose deadline is not after {@code cutoffNanos}, nor in the future.
   *
   * @return how many ended
   */
  public int expire(long cutoffNanos, long timeNanos) {
    long cutoff = Math.min(cutoffNanos, timeNanos);
    if (cutoff < earliestExpiryNanos) {
      return 0;
    }
    int ended = 0;
    for (Session row : sessions.toArray()) {
      if (row.deadlineNanos(graceNanos) <= cutoff) {
        drop(row);
        ended++;
      }
    }
    tightenEarliestExpiry();
    return ended;
  }

  /**
   * A time before which no session expires; {@link Long#MAX_VALUE} if there is none. May be too
   * early, since signs of life do not move it; {@link #expiryDue} corrects it.
   */
  public long earliestExpiryNanos() {
    return earliestExpiryNanos;
  }

  /**
   * Payload of the {@link ExpireSessions} command that a leader should propose at this consensus
   * time; null if no session's time is over. Walks over the table only when {@link
   * #earliestExpiryNanos} has passed, and then moves that on.
   */
  public byte @Nullable [] expiryDue(long timeNanos) {
    if (timeNanos < earliestExpiryNanos) {
      return null;
    }
    tightenEarliestExpiry();
    return timeNanos < earliestExpiryNanos ? null : ExpireSessions.encode(timeNanos);
  }

  /**
   * Whether a leader that hears from this session's client should propose a {@link KeepAlive} for
   * it: a third of its time has passed since the last sign of life in the log.
   */
  public boolean keepAliveDue(long session, long timeNanos) {
    int position = sessions.find(session);
    if (position < 0) {
      return false;
    }
    Session row = sessions.at(position);
    return timeNanos - Math.max(row.lastActiveNanos, graceNanos) >= row.ttlNanos / 3;
  }

  /**
   * Fixes the present content, to be encoded later and by another thread; takes well below a
   * millisecond. Rows are copied when they change afterwards.
   */
  public FrozenSessions freeze() {
    generation++;
    return new FrozenSessions(header(), sessions.toArray());
  }

  /**
   * Hash over the whole table but the texts of failures; equal on all replicas at the same slot.
   * Takes as long as encoding the table.
   */
  public ChainHash digest() {
    return new FrozenSessions(header(), sessions.toArray()).digest();
  }

  /** The bounds that this table keeps. */
  public SessionLimits limits() {
    return limits;
  }

  /**
   * An empty table with the header that {@link FrozenSessions#header} gave; {@link #load} adds the
   * sessions. Throws {@link IllegalArgumentException} on anything malformed.
   */
  public static SessionTable ofHeader(byte[] header) {
    if (header.length != HEADER_BYTES) {
      throw new IllegalArgumentException(
          "header of the session table has " + header.length + " bytes, not " + HEADER_BYTES);
    }
    SessionTable table =
        new SessionTable(
            new SessionLimits(
                Bytes.getInt(header, 12),
                Bytes.getInt(header, 16),
                Bytes.getInt(header, 20),
                Bytes.getInt(header, 24)));
    table.graceNanos = Bytes.getLong(header, 0);
    return table;
  }

  /** Number of sessions that follow a header that {@link #ofHeader} took. */
  public static int countOf(byte[] header) {
    return Bytes.getInt(header, 8);
  }

  /** Adds a session of a snapshot; throws {@link IllegalArgumentException} if it is malformed. */
  public void load(byte[] encoded) {
    Session row = SessionCodec.decode(encoded, generation);
    if (has(row.id) || byNonce.containsKey(row.nonce)) {
      throw new IllegalArgumentException("session " + row.id + " is in the snapshot twice");
    }
    add(row);
  }

  private byte[] header() {
    byte[] header = new byte[HEADER_BYTES];
    Bytes.putLong(header, 0, graceNanos);
    Bytes.putInt(header, 8, sessions.size());
    Bytes.putInt(header, 12, limits.sessionsMax());
    Bytes.putInt(header, 16, limits.inFlightMax());
    Bytes.putInt(header, 20, limits.keptBytesMax());
    Bytes.putInt(header, 24, limits.resultBytesMax());
    return header;
  }

  private Verdict repeat(Window window, long sequence, Kept kept) {
    repeatedIndex = window.index(sequence);
    repeatedEpoch = window.epoch(sequence);
    repeated = window.result(sequence);
    return switch (kept) {
      case RESULT -> Verdict.REPEATED_RESULT;
      case FAILURE -> Verdict.REPEATED_FAILURE;
      case FACT, NOTHING -> Verdict.RESULT_DROPPED;
    };
  }

  private void finish(Kept what, long index, long epoch, byte[] result) {
    Session row = executing;
    if (row == null) {
      throw new IllegalStateException("no command of a session is being executed");
    }
    row.window.put(executingSequence, what, index, epoch, result, limits.keptBytesMax());
    executing = null;
  }

  private void add(Session row) {
    sessions.add(row);
    byNonce.put(row.nonce, row.id);
    earliestExpiryNanos = Math.min(earliestExpiryNanos, row.deadlineNanos(graceNanos));
  }

  private void drop(Session row) {
    sessions.remove(row.id);
    Long named = byNonce.remove(row.nonce);
    Check.that(named != null && named == row.id, "nonce of session %s named another", row.id);
  }

  private Session row(long session) {
    int position = sessions.find(session);
    Check.that(position >= 0, "session %s is not in the table", session);
    return sessions.at(position);
  }

  private Session writable(int position) {
    Session row = sessions.at(position);
    if (row.generation == generation) {
      return row;
    }
    Session copy = row.copy(generation);
    sessions.replace(position, copy);
    return copy;
  }

  private void tightenEarliestExpiry() {
    long earliest = Long.MAX_VALUE;
    for (Session row : sessions.toArray()) {
      earliest = Math.min(earliest, row.deadlineNanos(graceNanos));
    }
    earliestExpiryNanos = earliest;
  }
}
