// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectRequest.Create;
import io.quorate.core.protocol.ObjectRequest.Delete;
import io.quorate.core.protocol.ObjectRequest.Get;
import io.quorate.core.protocol.ObjectRequest.Put;
import io.quorate.core.protocol.ObjectRequest.Replace;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.ObjectResult.Absent;
import io.quorate.core.protocol.ObjectResult.Conflict;
import io.quorate.core.protocol.ObjectResult.PreconditionFailed;
import io.quorate.core.protocol.ObjectResult.Refused;
import io.quorate.core.protocol.ObjectResult.Stored;
import io.quorate.core.protocol.ObjectResult.Throttled;
import io.quorate.core.protocol.ObjectResult.Unclear;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.World;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What goes wrong on the way to a store, one thing at a time; all else is in the contract. */
final class SimObjectStoreTest {
  private static final long SECOND = 1_000_000_000;
  private static final long TIMEOUT = SECOND;
  private static final NodeId N1 = NodeId.of("n1");

  private final World world = new World(7, 1_000_000, new TraceLog(false));
  private SimBucket bucket = new SimBucket(world, StoreOptions.CALM);
  private SimObjectStore store = bucket.open(N1, 1, new CrashSwitch());

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<ObjectResult> send(ObjectRequest request) {
    List<ObjectResult> answers = new ArrayList<>();
    store.submit(request, TIMEOUT, answers::add);
    return answers;
  }

  private ObjectResult ask(ObjectRequest request) {
    List<ObjectResult> answers = send(request);
    world.runUntil(() -> !answers.isEmpty(), world.now() + 10 * SECOND);
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private void run(long nanos) {
    world.runUntil(world.now() + nanos);
    assertThat(world.failure()).isNull();
  }

  private String stored(String key) {
    byte[] found = bucket.get(key);
    return found == null ? "nothing" : new String(found, StandardCharsets.UTF_8);
  }

  @Test
  void etagsAreHashesOfTheContentSoThatAMissingNonceShows() {
    Stored first = (Stored) ask(new Put("root", bytes("a")));
    Stored second = (Stored) ask(new Put("root", bytes("b")));
    Stored third = (Stored) ask(new Put("root", bytes("a")));
    assertThat(third.etag()).isEqualTo(first.etag()).isNotEqualTo(second.etag());
    // A compare-and-set of someone who read the first one does not notice the two others.
    assertThat(ask(new Replace("root", bytes("c"), first.etag()))).isInstanceOf(Stored.class);
  }

  @Test
  void aHeldWriteIsExecutedLongAfterItsSenderGaveUp() {
    Hold hold = bucket.holdNext(request -> request.word().equals("create"));
    List<ObjectResult> late = send(new Create("slot", bytes("late")));
    run(2 * SECOND);
    assertThat(late).singleElement().isInstanceOf(Unclear.class);
    assertThat(ask(new Get("slot", null))).isEqualTo(new Absent());

    hold.release();
    assertThat(stored("slot")).isEqualTo("late");
    run(SECOND);
    assertThat(late).hasSize(1);
    assertThat(world.coverage().count("store.late create took effect")).isEqualTo(1);
  }

  @Test
  void aHeldWriteDecidesNothingBeforeItIsReleased() {
    Hold hold = bucket.holdNext(request -> request.word().equals("create"));
    List<ObjectResult> held = send(new Create("slot", bytes("data")));
    assertThat(ask(new Create("slot", bytes("seal")))).isInstanceOf(Stored.class);
    hold.release();
    run(SECOND / 10);
    assertThat(held).containsExactly(new PreconditionFailed());
    assertThat(stored("slot")).isEqualTo("seal");
  }

  @Test
  void anAdversaryMayExecuteAndSayOtherwise() {
    Hold executed = bucket.holdNext(request -> request.key().equals("one"));
    Hold failed = bucket.holdNext(request -> request.key().equals("two"));
    Hold silent = bucket.holdNext(request -> request.key().equals("three"));
    Hold dropped = bucket.holdNext(request -> request.key().equals("four"));
    List<ObjectResult> one = send(new Create("one", bytes("1")));
    List<ObjectResult> two = send(new Create("two", bytes("2")));
    List<ObjectResult> three = send(new Create("three", bytes("3")));
    List<ObjectResult> four = send(new Create("four", bytes("4")));
    executed.releaseWithError();
    failed.fail();
    silent.releaseSilently();
    dropped.drop();
    assertThat(one).singleElement().isInstanceOf(Unclear.class);
    assertThat(two).singleElement().isInstanceOf(Unclear.class);
    assertThat(three).isEmpty();
    run(2 * SECOND);
    assertThat(three).singleElement().isInstanceOf(Unclear.class);
    assertThat(four).singleElement().isInstanceOf(Unclear.class);
    assertThat(List.of(stored("one"), stored("two"), stored("three"), stored("four")))
        .containsExactly("1", "nothing", "3", "nothing");
  }

  @Test
  void whatAnIncarnationSentIsExecutedAfterItsEndAndAnswersNobody() {
    List<ObjectResult> answers = send(new Create("slot", bytes("zombie")));
    store.abandon();
    run(2 * SECOND);
    assertThat(answers).isEmpty();
    assertThat(stored("slot")).isEqualTo("zombie");
  }

  @Test
  void aLateStoreExecutesAfterTheTimeout() {
    bucket.faults().delayBeyondTimeout(1);
    List<ObjectResult> answers = send(new Create("slot", bytes("late")));
    run(TIMEOUT);
    assertThat(answers).singleElement().isInstanceOf(Unclear.class);
    assertThat(stored("slot")).isEqualTo("nothing");
    run(61 * SECOND);
    assertThat(stored("slot")).isEqualTo("late");
  }

  @Test
  void errorsLeaveOpenWhetherTheRequestWasExecuted() {
    bucket.faults().err(1);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      assertThat(ask(new Create("slot" + i, bytes("x")))).isInstanceOf(Unclear.class);
      seen.add(stored("slot" + i));
    }
    assertThat(seen).containsExactlyInAnyOrder("x", "nothing");
  }

  @Test
  void aThrottledStoreAnswersSoManyRequestsASecond() {
    bucket.faults().throttle(10);
    run(SECOND);
    List<List<ObjectResult>> asked = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      asked.add(send(new Get("nothing", null)));
      run(SECOND / 100);
    }
    run(SECOND);
    long served = asked.stream().filter(answers -> answers.contains(new Absent())).count();
    long refused = asked.stream().filter(answers -> answers.contains(new Throttled())).count();
    assertThat(served).isBetween(38L, 43L);
    assertThat(served + refused).isEqualTo(400);
  }

  @Test
  void writesThatMeetMayBeToldOfAConflict() {
    bucket.faults().conflict(1);
    List<ObjectResult> one = send(new Create("slot", bytes("1")));
    List<ObjectResult> two = send(new Create("slot", bytes("2")));
    run(SECOND);
    List<ObjectResult> both = List.of(one.getFirst(), two.getFirst());
    assertThat(both).contains(new Conflict()).anyMatch(Stored.class::isInstance);
    assertThat(ask(new Create("other", bytes("1")))).isInstanceOf(Stored.class);
  }

  @Test
  void aReplicaThatIsCutOffDoesNotReachTheStoreAndOthersDo() {
    bucket.faults().cut(N1);
    assertThat(ask(new Get("nothing", null))).isInstanceOf(Unclear.class);
    List<ObjectResult> other = new ArrayList<>();
    bucket
        .open(NodeId.of("n2"), 1, new CrashSwitch())
        .submit(new Get("nothing", null), TIMEOUT, other::add);
    run(SECOND / 10);
    assertThat(other).containsExactly(new Absent());
    bucket.faults().mend(N1);
    assertThat(ask(new Get("nothing", null))).isEqualTo(new Absent());
  }

  @Test
  void aStoreMayHideAbsenceBehind403() {
    bucket = new SimBucket(world, StoreOptions.CALM.hidingAbsence());
    store = bucket.open(N1, 1, new CrashSwitch());
    assertThat(ask(new Get("nothing", null))).isInstanceOf(Refused.class);
  }

  @Test
  void whoeverHealsLetsGoOfWhatIsHeld() {
    bucket.hold(SimRequest::mutates, 2);
    bucket.faults().outageBegins();
    send(new Create("one", bytes("1")));
    send(new Put("two", bytes("2")));
    run(5 * SECOND);
    bucket.heal();
    run(SECOND);
    assertThat(stored("one") + stored("two")).isEqualTo("12");
    assertThat(ask(new Delete("one"))).isEqualTo(new ObjectResult.Deleted());
  }

  @Test
  void bytesThatChangeUnderARequestFailTheRun() {
    byte[] frozen = bytes("frozen");
    send(new Create("slot", frozen));
    frozen[0] = 'x';
    world.runUntil(world.now() + SECOND);
    assertThat(world.failure()).contains("were changed after it was sent");
  }

  @Test
  void aBrokenRuleAboutWhatIsStoredFailsTheRun() {
    bucket.watch(new NoSecret());
    assertThat(ask(new Create("slot", bytes("fine")))).isInstanceOf(Stored.class);
    send(new Create("other", bytes("secret")));
    world.runUntil(world.now() + SECOND);
    assertThat(world.failure()).isEqualTo("store: a secret at other, where there was nothing");
  }

  private static final class NoSecret implements BucketInvariant {
    @Override
    public void attach(World world, SimBucket bucket) {}

    @Override
    public void onSent(SimRequest request) {}

    @Override
    public void onExecuted(Execution execution) {
      byte[] after = execution.after();
      boolean secret = after != null && describe("", after).equals("secret");
      Check.that(
          !secret,
          "a secret at %s, where there was %s",
          execution.request().key(),
          Objects.requireNonNullElse(execution.before(), "nothing"));
    }

    @Override
    public void onCommitted(NodeId node, Entry entry) {}

    @Override
    public String describe(String key, byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
