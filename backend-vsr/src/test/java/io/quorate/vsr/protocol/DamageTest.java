// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static io.quorate.vsr.protocol.Fixture.entries;
import static io.quorate.vsr.protocol.Fixture.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.Role;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.protocol.Event;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.StartView;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Damaged ops (B.6): perhaps acknowledged, so never denied, and mended by their hash. */
final class DamageTest {
  private static Commit commit(long op, long commit) {
    return new Commit(1, op, commit, 0, 1, Long.MAX_VALUE, 0, 0);
  }

  private static DoViewChange change(long normal, long... viewsOfOrigin) {
    return new DoViewChange(3, normal, 0, shape(viewsOfOrigin), viewsOfOrigin.length, List.of());
  }

  /** Restarted with ops of view 1, of which op 2 is damaged. */
  private static Fixture damaged() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1, 1);
    n1.disk().corrupt(2, 110);
    return n1.start();
  }

  private static Prepares second() {
    return new Prepares(1, entries(1, 1).subList(1, 2));
  }

  private static String faulty(Fixture n1) {
    return n1.status().details().getOrDefault("faulty_slots", "none");
  }

  @Test // the others are asked in turn, whatever anybody's role
  void theOthersAreAskedInTurn() {
    Fixture n1 = damaged().tick();
    assertThat(n1.sentTo(N2, GetPrepares.class)).containsExactly(new GetPrepares(1, 2, 2));
    assertThat(n1.sentTo(N3, GetPrepares.class)).isEmpty();
    n1.run(100);
    assertThat(n1.sentTo(N3, GetPrepares.class)).containsExactly(new GetPrepares(1, 2, 2));
  }

  @Test // nothing but the very entry that was there is put in its place
  void anotherEntryIsRefused() throws CorruptEntry {
    Fixture n1 = damaged().tick();
    n1.receive(N3, new Prepares(1, entries(0, 1).subList(1, 2)));
    byte[] frame = second().entries().getFirst().frame().clone();
    frame[frame.length - 1] ^= 1;
    n1.receive(N2, new Prepares(1, List.of(Entry.decode(frame))));
    n1.receive(N2, new Prepares(1, entries(1)));
    assertThat(n1.ignored(N2, Prepares.class)).isTrue();
    assertThat(n1.ignored(N3, Prepares.class)).isTrue();
    assertThat(n1.out().writes).isEmpty();
    assertThat(faulty(n1)).isEqualTo("1");
  }

  @Test // it counts as damaged until what mends it is durable
  void theRightEntryMendsIt() {
    Fixture n1 = damaged().tick().receive(N3, second());
    assertThat(n1.out().writes.getFirst().repair())
        .extracting(Entry::hash)
        .containsExactly(second().entries().getFirst().hash());
    assertThat(faulty(n1)).isEqualTo("1");
    n1.receive(N2, second());
    assertThat(n1.out().writes).as("once is enough").hasSize(1);
    n1.persist();
    assertThat(n1.status().details())
        .containsEntry("faulty_slots", "0")
        .containsEntry("repaired_slots", "1");
    assertThat(n1.disk().open().read(2, 2, 1 << 20)).hasSize(1);
  }

  @Test // no acknowledgement of what is damaged and not known to be committed
  void whatIsDamagedIsNotAcknowledged() {
    Fixture n1 = damaged().receive(N2, commit(3, 0));
    assertThat(n1.lastTo(N2, CommitOk.class).op()).isEqualTo(1);
    n1.receive(N3, second()).persist().receive(N2, commit(3, 0));
    assertThat(n1.lastTo(N2, CommitOk.class).op()).isEqualTo(3);
    Fixture committed = damaged().receive(N2, commit(3, 2));
    assertThat(committed.lastTo(N2, CommitOk.class).op()).isEqualTo(3);
  }

  @Test // the gathering primary does not deny its own: too few deny, so it waits
  void aNewPrimaryDoesNotDenyWhatItHasDamaged() {
    Fixture n1 = new Fixture().left(3, 2, 2, 2);
    n1.disk().corrupt(2, 110);
    n1.start().receive(N2, change(2, 2)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    assertThat(n1.out().traces)
        .anySatisfy(trace ->
            assertThat(trace.toString()).contains("nobody can give op 2").contains("too few deny"));
    n1.run(140);
    assertThat(n1.status().lastSlot()).isEqualTo(2);
    assertThat(n1.sentTo(N3, StartView.class)).isEmpty();
  }

  @Test // with denials of n - q_r + 1 others it was never committed
  void whatAllOthersDenyIsGivenUp() {
    Fixture n1 = new Fixture().left(3, 2, 2, 2);
    n1.disk().corrupt(2, 110);
    n1.start().receive(N2, change(2, 2)).receive(N3, change(1));
    n1.step(new Event.Loaded(n1.out().loads.getFirst().loadId(), entries(2))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    assertThat(n1.lastTo(N3, StartView.class).log()).isEqualTo(shape(2));
    assertThat(faulty(n1)).isEqualTo("none");
  }

  @Test // a new primary mends its log before it begins the view
  void aNewPrimaryMendsItsLogFirst() {
    Fixture n1 = new Fixture().left(3, 2, 2, 2);
    n1.disk().corrupt(2, 110);
    n1.start().receive(N2, change(2, 2, 2)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    assertThat(n1.sentTo(N2, GetPrepares.class)).contains(new GetPrepares(3, 2, 2));
    n1.receive(N2, new Prepares(3, entries(2, 2).subList(1, 2)));
    assertThat(n1.sentTo(N2, StartView.class)).isEmpty();
    n1.persist();
    assertThat(n1.lastTo(N2, StartView.class).log()).isEqualTo(shape(2, 2));
  }

  @Test // what memory still has needs nobody else
  void memoryMendsWhatItStillHas() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).start();
    n1.step(new Event.Damaged(List.of(new FaultySlot(2, 1, n1.hashOf(2)))));
    assertThat(n1.out().writes.getFirst().repair())
        .extracting(Entry::hash)
        .containsExactly(second().entries().getFirst().hash());
    n1.persist();
    assertThat(n1.sentTo(N2, GetPrepares.class)).isEmpty();
    assertThat(n1.status().details()).containsEntry("repaired_slots", "1");
  }

  @Test // news of an entry that this log no longer has
  void damageToAnotherEntryIsNoConcern() {
    Fixture n1 = new Fixture().left(2, 2, 1, 2).start();
    n1.step(new Event.Damaged(List.of(new FaultySlot(2, 1, entries(1, 1).get(1).hash()))));
    n1.step(new Event.Damaged(List.of(new FaultySlot(9, 2, n1.hashOf(2)))));
    assertThat(n1.out().writes).isEmpty();
    assertThat(faulty(n1)).isEqualTo("none");
  }

  @Test // its own snapshot stands for what is damaged before it
  void whatASnapshotCoversIsCutOff() {
    Fixture n1 = damaged().receive(N2, commit(3, 3)).persist().step(new Event.Applied(3));
    n1.step(new Event.SnapshotSaved(Fixture.snapshotOf(8, 1, 1))).run(100).persist();
    assertThat(faulty(n1)).isEqualTo("none");
    assertThat(n1.status().firstSlot()).isEqualTo(3);
  }

  @Test // who is asked for what it has damaged gives nothing
  void whatIsDamagedIsNotGiven() {
    Fixture n1 = damaged().receive(N3, new GetPrepares(1, 2, 2));
    long load = n1.out().loads.getFirst().loadId();
    n1.step(new Event.Loaded(load, List.of()));
    assertThat(n1.sentTo(N3, Prepares.class)).isEmpty();
    n1.receive(N3, new GetPrepares(1, 3, 3));
    assertThat(n1.lastTo(N3, Prepares.class).entries())
        .extracting(Entry::hash)
        .containsExactly(entries(1, 1, 1).get(2).hash());
  }
}
