// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A state machine that applies every command twice, on the state and on a copy of it that was made
 * through a snapshot, and throws an {@link AssertionError} if results or states differ: in a test
 * the test fails, in a node the replica halts before anybody is told a result.
 *
 * <p>Finds what depends on the clock, on chance, on identity or on the order of a hash table, and
 * state that a snapshot does not hold. Does not find what is the same twice in one JVM and differs
 * between machines: the environment, locale and time zone, or the order of {@code Set.of}.
 *
 * <p>Costs three captures and a restore a command, so it is for tests and for small states. Used
 * like the state machine that it stands for, by one thread at a time; what it hands out and reads
 * are the snapshots of that one.
 */
public final class DeterminismAudit implements StateMachine {
  /** System property that switches the audit on in a node. */
  public static final String PROPERTY = "determinism.audit";

  private final StateMachine audited;
  private final Supplier<? extends StateMachine> copies;

  /**
   * Audits a state machine with copies made anew for each command, so that state outside of
   * snapshots is found, too.
   *
   * @param audited whose results and state count
   * @param copies makes empty state machines of the same kind
   */
  public DeterminismAudit(StateMachine audited, Supplier<? extends StateMachine> copies) {
    this.audited = audited;
    this.copies = copies;
  }

  /** Audits state machines that this makes. */
  public static DeterminismAudit of(Supplier<? extends StateMachine> kind) {
    return new DeterminismAudit(kind.get(), kind);
  }

  /**
   * Audits a state machine of which there is only one: it is put back before it applies the command
   * again, and goes on with the second outcome. Weaker than {@link #of}, as fields that {@link
   * StateMachine#restore} forgets to replace are not noticed.
   */
  public static DeterminismAudit inPlace(StateMachine only) {
    return new DeterminismAudit(only, () -> only);
  }

  /** The state machine itself, audited in place if {@link #PROPERTY} says so. */
  public static StateMachine ifAskedFor(StateMachine machine) {
    return Boolean.getBoolean(PROPERTY) ? inPlace(machine) : machine;
  }

  /** The state machine whose results and state count. */
  public StateMachine audited() {
    return audited;
  }

  @Override
  public String name() {
    return audited.name();
  }

  @Override
  public int version() {
    return audited.version();
  }

  @Override
  public byte[] apply(byte[] command, ApplyContext context) {
    Replayed replayed = new Replayed(context);
    byte[] before = stateOf(audited);
    Outcome first = outcome(audited, command.clone(), replayed);
    byte[] after = stateOf(audited);
    StateMachine copy = copies.get();
    restore(copy, before);
    replayed.rewind();
    Outcome second = outcome(copy, command.clone(), replayed);
    compare("result", first.comparable(), second.comparable(), context);
    compare("state", after, stateOf(copy), context);
    if (first.thrown != null) {
      throw first.thrown;
    }
    return first.result;
  }

  @Override
  public byte[] query(byte[] query) {
    return audited.query(query);
  }

  @Override
  public SnapshotSource capture() {
    return audited.capture();
  }

  @Override
  public void restore(InputStream in, int version) throws IOException {
    audited.restore(in, version);
  }

  /** What applying came to: a result, or an exception, which is a result too. */
  private record Outcome(byte[] result, @Nullable RuntimeException thrown) {
    byte[] comparable() {
      return thrown == null ? result : ("! " + thrown).getBytes(StandardCharsets.UTF_8);
    }
  }

  private static Outcome outcome(StateMachine machine, byte[] command, ApplyContext context) {
    try {
      return new Outcome(machine.apply(command, context), null);
    } catch (RuntimeException e) {
      return new Outcome(new byte[0], e);
    }
  }

  private static byte[] stateOf(StateMachine machine) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SnapshotSource source = machine.capture()) {
      source.writeTo(out);
    } catch (IOException | RuntimeException e) {
      throw new AssertionError("the state of " + machine.name() + " cannot be captured", e);
    }
    return out.toByteArray();
  }

  private static void restore(StateMachine machine, byte[] state) {
    try {
      machine.restore(new ByteArrayInputStream(state), machine.version());
    } catch (IOException | RuntimeException e) {
      throw new AssertionError("the state of " + machine.name() + " cannot be restored", e);
    }
  }

  private void compare(String what, byte[] first, byte[] second, ApplyContext context) {
    int at = Arrays.mismatch(first, second);
    if (at >= 0) {
      throw new AssertionError(
          String.format(
              "not deterministic: applying command %d of %s twice to the same state gave another %s"
                  + " (%d and %d bytes, from byte %d on: %s and %s)",
              context.index(),
              audited.name(),
              what,
              first.length,
              second.length,
              at,
              excerpt(first, at),
              excerpt(second, at)));
    }
  }

  private static String excerpt(byte[] bytes, int from) {
    int to = Math.min(bytes.length, from + 16);
    return from >= to ? "nothing" : HexFormat.of().formatHex(bytes, from, to);
  }

  /** The same context for both times: the second one draws the same numbers again. */
  private static final class Replayed implements ApplyContext {
    private final ApplyContext context;
    private @Nullable SeededRandom seeded;
    private @Nullable Recording recording;
    private @Nullable RandomGenerator current;

    Replayed(ApplyContext context) {
      this.context = context;
    }

    void rewind() {
      current = null;
    }

    @Override
    public long index() {
      return context.index();
    }

    @Override
    public long epoch() {
      return context.epoch();
    }

    @Override
    public long timeNanos() {
      return context.timeNanos();
    }

    @Override
    public RandomGenerator random() {
      RandomGenerator drawing = current;
      if (drawing == null) {
        drawing = begin();
        current = drawing;
      }
      return drawing;
    }

    /** A replica's generator is copied: an audited replica must draw what the others draw. */
    private RandomGenerator begin() {
      if (seeded == null && recording == null) {
        if (context.random() instanceof SeededRandom original) {
          seeded = original;
        } else {
          recording = new Recording(context.random());
        }
      }
      return seeded != null ? seeded.copy() : Objects.requireNonNull(recording).fromTheStart();
    }
  }

  /** Numbers of a generator that cannot be copied, as given to a test's own context. */
  private static final class Recording {
    private final RandomGenerator source;
    private final List<Long> drawn = new ArrayList<>();

    Recording(RandomGenerator source) {
      this.source = source;
    }

    RandomGenerator fromTheStart() {
      int[] next = new int[1];
      return () -> {
        if (next[0] == drawn.size()) {
          drawn.add(source.nextLong());
        }
        return drawn.get(next[0]++);
      };
    }
  }
}
