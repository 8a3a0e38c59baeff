// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.log.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What must not be in a state machine is found; what may be in it is let through. */
@Isolated // sets system properties
final class DeterminismAuditTest {

  /** A number in the snapshot, and whatever else a test adds. */
  private abstract static class Machine implements StateMachine {
    long value;

    @Override
    public String name() {
      return "machine";
    }

    @Override
    public byte[] query(byte[] query) {
      return bytes(value);
    }

    @Override
    public SnapshotSource capture() {
      byte[] state = bytes(value);
      return out -> out.write(state);
    }

    @Override
    public void restore(InputStream in, int version) throws IOException {
      value = Bytes.getLong(in.readAllBytes(), 0);
    }

    static byte[] bytes(long number) {
      byte[] bytes = new byte[8];
      Bytes.putLong(bytes, 0, number);
      return bytes;
    }
  }

  private static final class ReadsTheClock extends Machine {
    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      value = System.nanoTime();
      return new byte[0];
    }
  }

  private static final class DrawsByItself extends Machine {
    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      return bytes(new Random().nextLong());
    }
  }

  /** Known by its identity, as all that has no hash code of its own. */
  private static final class Thing {
    private final int number;

    Thing(int number) {
      this.number = number;
    }
  }

  /** Goes through objects in the order of their identity. */
  private static final class GoesByIdentity extends Machine {
    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      Set<Thing> order = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        order.add(new Thing(i));
      }
      long mixed = 0;
      for (Thing one : order) {
        mixed = mixed * 31 + one.number;
      }
      return bytes(mixed);
    }
  }

  /** Counts where no snapshot sees it. */
  private static final class ForgetsInSnapshots extends Machine {
    private long hidden;

    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      return bytes(++hidden);
    }
  }

  /** Uses all that it may. */
  private static final class Sound extends Machine {
    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      value += context.index() + context.timeNanos() + context.random().nextInt(1_000);
      if (command.length == 0) {
        throw new IllegalStateException("nothing to do at " + value);
      }
      command[0]++; // its own by contract
      return bytes(value + context.random().nextLong());
    }
  }

  private static CommandContext context(long index) {
    CommandContext context = new CommandContext(GroupId.of("g"));
    context.move(index, 1, 1_000 + index);
    return context;
  }

  private static void assertFound(Supplier<StateMachine> kind, String what) {
    StateMachine audit = DeterminismAudit.of(kind);
    assertThatThrownBy(
            () -> {
              audit.apply(new byte[1], context(1));
              audit.apply(new byte[1], context(2));
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not deterministic: applying command")
        .hasMessageContaining("of machine twice to the same state gave another " + what);
  }

  @Test
  void theClockIsFoundInTheState() {
    assertFound(ReadsTheClock::new, "state");
  }

  @Test
  void chanceIsFoundInTheResult() {
    assertFound(DrawsByItself::new, "result");
  }

  @Test
  void theOrderOfAHashTableIsFound() {
    assertFound(GoesByIdentity::new, "result");
  }

  @Test
  void stateOutsideOfSnapshotsIsFound() {
    assertFound(ForgetsInSnapshots::new, "result");
  }

  @Test
  void oneInstanceIsEnoughToFindTheClock() {
    StateMachine audit = DeterminismAudit.inPlace(new ReadsTheClock());
    assertThatThrownBy(() -> audit.apply(new byte[1], context(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("another state");
  }

  @Test
  void aSoundStateMachineGivesWhatItGivesUnaudited() {
    for (StateMachine audit :
        new StateMachine[] {
          DeterminismAudit.of(Sound::new), DeterminismAudit.inPlace(new Sound())
        }) {
      Sound alone = new Sound();
      for (int index = 1; index <= 20; index++) {
        byte[] command = new byte[1];
        assertThat(audit.apply(command, context(index)))
            .isEqualTo(alone.apply(new byte[1], context(index)));
        assertThat(command[0]).isZero();
      }
      assertThat(audit.query(new byte[0])).isEqualTo(alone.query(new byte[0]));
    }
  }

  @Test
  void anExceptionIsAResultLikeOthers() {
    StateMachine audit = DeterminismAudit.of(Sound::new);
    Sound alone = new Sound();
    assertThatThrownBy(() -> alone.apply(new byte[0], context(3)))
        .isInstanceOf(IllegalStateException.class)
        .satisfies(thrown ->
            assertThatThrownBy(() -> audit.apply(new byte[0], context(3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(thrown.getMessage()));
  }

  @Test
  void aTestsOwnContextIsRepeatedToo() {
    ApplyContext own =
        new ApplyContext() {
          private final RandomGenerator random = new Random(4);

          @Override
          public long index() {
            return 1;
          }

          @Override
          public long epoch() {
            return 1;
          }

          @Override
          public long timeNanos() {
            return 1;
          }

          @Override
          public RandomGenerator random() {
            return random;
          }
        };
    assertThat(DeterminismAudit.of(Sound::new).apply(new byte[1], own)).hasSize(8);
  }

  @Test
  void aPropertySwitchesItOn() {
    Sound machine = new Sound();
    assertThat(DeterminismAudit.ifAskedFor(machine)).isSameAs(machine);
    System.setProperty(DeterminismAudit.PROPERTY, "true");
    try {
      assertThat(DeterminismAudit.ifAskedFor(machine)).isInstanceOf(DeterminismAudit.class);
    } finally {
      System.clearProperty(DeterminismAudit.PROPERTY);
    }
  }
}
