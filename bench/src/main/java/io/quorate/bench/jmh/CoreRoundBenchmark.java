// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.core.port.Backend;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a protocol cost by itself: one batch through the cores of three replicas, from the
 * leader's proposal to everybody's acknowledgement, without threads, codec, network or disk?
 *
 * <p>Raft, per batch: one seal (SHA-256 and CRC32C over the slab), 2 Append and 2 AppendOk, 3
 * writes, 10 steps or so. Allocated: the entry's bytes once, and some 3.5 KB of messages, events
 * and digests whatever the batch holds. VSR, per batch: the same seal, 2 Prepare and 2 PrepareOk, 3
 * writes. S3: the same seal, one object created (and its MD5, which stores compute), 2 pushes. All
 * figures are per batch.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CoreRoundBenchmark {
  /** Which protocol. */
  @Param({"raft", "vsr", "s3"})
  public String backend = "raft";

  /** Commands in the batch. */
  @Param({"1", "64", "1024"})
  public int batch = 1;

  private FixedProposal proposal = FixedProposal.of(1);
  private CoreGroup group = new CoreGroup(Backends.named("raft"));

  /** Elects a leader. */
  @Setup
  public void elect() {
    Backend chosen = Backends.named(backend);
    proposal = FixedProposal.of(batch);
    group = new CoreGroup(chosen);
  }

  /** One batch from proposal to commit. */
  @Benchmark
  public long round() {
    return group.commit(proposal);
  }
}
