// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.core.batch.Batch;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.Slab;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a command of 256 bytes cost on its way into an entry and out again, and how much of
 * that is hashing?
 *
 * <p>Per command: 288 bytes copied once into the slab and once more when it is trimmed; sealing
 * reads them twice (SHA-256, CRC32C), checking before apply once (CRC32C), checking hashes once
 * more (SHA-256). Allocated: 288 bytes and a quarter of slack for the slab, 288 for the trimmed
 * one, 15 for who waits; no object. Per entry: 104 bytes of header, the batch, digests of about 800
 * bytes; a slab has room for 1 KiB at least. All figures are per command.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SlabBenchmark {
  private static final int COMMANDS = 1024;

  /** Commands in one entry. */
  @Param({"1", "64", "1024"})
  public int batch = 1;

  private final byte[] payload = Commands.payload();
  private final Batcher batcher = new Batcher(1 << 20, 4096);
  private final Slab.Cursor cursor = new Slab.Cursor();
  private Entry[] entries = {};

  /** Makes the entries that are read. */
  @Setup
  public void seal() {
    entries = Commands.chain(COMMANDS / batch, batch);
  }

  /** Gathering commands into batches. */
  @Benchmark
  @OperationsPerInvocation(COMMANDS)
  public int append() {
    int bytes = 0;
    for (int done = 0; done < COMMANDS; done += batch) {
      bytes += gather(done).sizeBytes();
    }
    return bytes;
  }

  /** Gathering commands into batches and making entries of these. */
  @Benchmark
  @OperationsPerInvocation(COMMANDS)
  public ChainHash appendAndSeal() {
    ChainHash parent = ChainHash.ROOT;
    long slot = 1;
    for (int done = 0; done < COMMANDS; done += batch) {
      Entry entry = gather(done).seal(slot, 1, done + 1, done + 1, parent);
      parent = entry.hash();
      slot++;
    }
    return parent;
  }

  /** What is due after every read from disk or wire: header and checksum of the body. */
  @Benchmark
  @OperationsPerInvocation(COMMANDS)
  public long decodeAndVerifyBody() throws CorruptEntry {
    long slots = 0;
    for (Entry each : entries) {
      Entry entry = Entry.decode(each.frame());
      entry.verifyBody();
      slots += entry.slot();
    }
    return slots;
  }

  /** Proving an entry by its cryptographic hashes. */
  @Benchmark
  @OperationsPerInvocation(COMMANDS)
  public long verifyHashes() throws CorruptEntry {
    long slots = 0;
    for (Entry each : entries) {
      each.verifyHashes();
      slots += each.slot();
    }
    return slots;
  }

  /** Reading the fields of every command, without its payload. */
  @Benchmark
  @OperationsPerInvocation(COMMANDS)
  public long walk() {
    long sum = 0;
    for (Entry each : entries) {
      cursor.reset(each);
      while (cursor.advance()) {
        sum += cursor.kind().number() + cursor.session() + cursor.sequence();
        sum += cursor.acknowledgedBelow() + cursor.payloadBytes();
      }
    }
    return sum;
  }

  private Batch gather(long before) {
    for (int i = 0; i < batch; i++) {
      long sequence = before + i + 1;
      batcher.append(
          CommandKind.SESSION, 1, sequence, sequence, payload, 0, payload.length, null, sequence);
    }
    return Objects.requireNonNull(batcher.cut());
  }
}
