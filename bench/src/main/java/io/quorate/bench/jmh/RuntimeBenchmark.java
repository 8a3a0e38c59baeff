// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import com.sun.management.OperatingSystemMXBean;
import io.quorate.api.Receipt;
import io.quorate.api.Session;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How many commands a second can the runtime carry when network and disk cost nothing: the bound
 * that no transport and no log store can lift? One session keeps a fixed number of commands in
 * flight, from the client's {@code submit} to its completed future; three replicas and the client
 * share the process.
 *
 * <p>Per command, on all three replicas together: one seal, two checks by the codec, three by the
 * memory log stores, three before apply. Allocated: 648 bytes of slab (see {@link SlabBenchmark}),
 * 3 × 296 for applying (see {@link ApplierBenchmark}), about 150 for the client's call, future and
 * receipt.
 *
 * <p>S3: one object is created for each batch, in a store in memory that answers at once and hashes
 * it (MD5, as stores do); it keeps the bytes until a snapshot lets the leader delete them.
 *
 * <p>Beside the score stand counts per second of all replicas together. They cover a little more
 * time than the score, so compare them with each other: {@code cpuMicros} for {@code applied / 3}
 * commands, {@code batches}, {@code messages}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RuntimeBenchmark {
  private static final long PATIENCE_SECONDS = 20;

  /** Which protocol. */
  @Param({"raft", "vsr", "s3"})
  public String backend = "raft";

  /** Commands between call and answer, at most 1,024: the window of one session. */
  @Param({"1", "16", "256"})
  public int outstanding = 1;

  private final byte[] command = Commands.payload();
  private Semaphore permits = new Semaphore(0);
  private volatile @Nullable Throwable failure;
  private @Nullable LocalGroup group;
  private @Nullable Session session;

  /** What happened during an iteration, on all replicas together. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counters {
    /** Commands applied, once for each replica. */
    public long applied;

    /** Batches proposed. */
    public long batches;

    /** Messages between replicas. */
    public long messages;

    /** CPU time of the whole process. */
    public long cpuMicros;

    private long appliedBefore;
    private long batchesBefore;
    private long messagesBefore;
    private long cpuMicrosBefore;

    /** Notes where the counts stand; JMH clears the public fields after this. */
    @Setup(Level.Iteration)
    public void begin(RuntimeBenchmark benchmark) {
      LocalGroup running = benchmark.running();
      appliedBefore = running.counted("commands_applied");
      batchesBefore = running.counted("batches_proposed");
      messagesBefore = running.counted("messages_sent");
      cpuMicrosBefore = processCpuMicros();
    }

    /** Tells what was added. */
    @TearDown(Level.Iteration)
    public void end(RuntimeBenchmark benchmark) {
      LocalGroup running = benchmark.running();
      applied = running.counted("commands_applied") - appliedBefore;
      batches = running.counted("batches_proposed") - batchesBefore;
      messages = running.counted("messages_sent") - messagesBefore;
      cpuMicros = processCpuMicros() - cpuMicrosBefore;
    }

    private static long processCpuMicros() {
      return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
          / 1000;
    }
  }

  /** Starts the group and waits until it has a leader and a session. */
  @Setup
  public void start() throws InterruptedException, ExecutionException, TimeoutException {
    LocalGroup started = new LocalGroup(Backends.named(backend));
    group = started;
    session = started.client().openSession().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    permits = new Semaphore(outstanding);
    failure = null;
  }

  /** Stops the group, also when a command failed. */
  @TearDown
  public void stop() {
    LocalGroup started = group;
    if (started != null) {
      started.close();
    }
  }

  /** Submits a command as soon as fewer than the allowed number wait for their answers. */
  @Benchmark
  public void submit(Counters counters) throws InterruptedException {
    if (!permits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "no answer for " + PATIENCE_SECONDS + " s" + running().describe());
    }
    Throwable failed = failure;
    if (failed != null) {
      throw new IllegalStateException("a command failed", failed);
    }
    CompletableFuture<Receipt> unused =
        opened().submit(command).whenComplete((receipt, problem) -> ended(problem));
  }

  private void ended(@Nullable Throwable problem) {
    if (problem != null) {
      failure = problem;
    }
    permits.release();
  }

  private LocalGroup running() {
    LocalGroup started = group;
    if (started == null) {
      throw new IllegalStateException("the group was not started");
    }
    return started;
  }

  private Session opened() {
    Session open = session;
    if (open == null) {
      throw new IllegalStateException("no session was opened");
    }
    return open;
  }
}
