// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * What the machine counted over the measured time.
 *
 * @param cpuNanos CPU time of the replicas, the load and what is between them
 * @param othersShare share of the machine's CPU that went elsewhere, 0 to 1; absent where the
 *     system does not tell
 * @param diskBytes bytes written to the disk with the replicas' files, by whomever; absent where
 *     the system does not tell
 * @param diskFlushes how often that disk was told to empty its cache, by whomever; absent where the
 *     system does not tell
 * @param loopbackPackets packets from this machine to itself, by whomever; absent where the system
 *     does not tell
 * @param loopbackBytes bytes of these packets
 * @param allocatedBytes on the heap, by all threads of this process; absent when the replicas have
 *     processes of their own
 */
public record Costs(
    long cpuNanos,
    OptionalDouble othersShare,
    OptionalLong diskBytes,
    OptionalLong diskFlushes,
    OptionalLong loopbackPackets,
    OptionalLong loopbackBytes,
    OptionalLong allocatedBytes) {

  /** Counts from its making. Confined. */
  static final class Meter {
    private static final long NANOS_PER_TICK = 10_000_000;

    private final Supplier<Usage> replicas;
    private final boolean replicasAreHere;
    private final Usage usedBefore;
    private final Device device;
    private final Device.Counts deviceBefore;
    private final Loopback loopbackBefore;
    private final long busyBefore;
    private final long allocatedBefore;
    private final long begunNanos = System.nanoTime();

    /**
     * Begins to count.
     *
     * @param replicas what the processes of the replicas have used, those included that are gone
     * @param replicasAreHere whether they run in this process
     * @param files folder on the disk that they write to
     */
    Meter(Supplier<Usage> replicas, boolean replicasAreHere, Path files) {
      this.replicas = replicas;
      this.replicasAreHere = replicasAreHere;
      device = Device.below(files);
      deviceBefore = device.counts();
      loopbackBefore = Loopback.now();
      usedBefore = used();
      busyBefore = busyNanos();
      allocatedBefore = allocated();
    }

    Costs read() {
      Usage now = used();
      long cpu = now.cpuNanos() - usedBefore.cpuNanos();
      long busy = busyNanos();
      double capacity =
          (double) (System.nanoTime() - begunNanos) * Runtime.getRuntime().availableProcessors();
      OptionalDouble others =
          busy < 0 || busyBefore < 0
              ? OptionalDouble.empty()
              : OptionalDouble.of(
                  Math.clamp((busy - busyBefore - cpu) / Math.max(1, capacity), 0, 1));
      Device.Counts deviceNow = device.counts();
      Loopback loopbackNow = Loopback.now();
      long bytes = allocated();
      OptionalLong allocated =
          bytes < 0 || !replicasAreHere
              ? OptionalLong.empty()
              : OptionalLong.of(bytes - allocatedBefore);
      return new Costs(
          cpu,
          others,
          difference(deviceNow.writtenBytes(), deviceBefore.writtenBytes()),
          difference(deviceNow.flushes(), deviceBefore.flushes()),
          difference(loopbackNow.packets(), loopbackBefore.packets()),
          difference(loopbackNow.bytes(), loopbackBefore.bytes()),
          allocated);
    }

    private static OptionalLong difference(OptionalLong now, OptionalLong before) {
      return now.isPresent() && before.isPresent()
          ? OptionalLong.of(now.getAsLong() - before.getAsLong())
          : OptionalLong.empty();
    }

    private Usage used() {
      return Usage.here().plus(replicas.get());
    }

    private static long allocated() {
      return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
          ? threads.getTotalThreadAllocatedBytes()
          : -1;
    }

    /** Time that the processors were not idle, all together; −1 where the system does not tell. */
    private static long busyNanos() {
      try {
        List<String> lines = Files.readAllLines(Path.of("/proc/stat"));
        String[] ticks = lines.get(0).strip().split("\\s+");
        // cpu user nice system idle iowait irq softirq steal; guests are in user already.
        long busy = 0;
        for (int i = 1; i < Math.min(9, ticks.length); i++) {
          busy += i == 4 || i == 5 ? 0 : Long.parseLong(ticks[i]);
        }
        return busy * NANOS_PER_TICK;
      } catch (IOException e) {
        return -1;
      }
    }
  }
}
