// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.idle;

import java.util.Locale;

/**
 * What a process with idle groups costs.
 *
 * @param residentMiB memory in use, after a collection of garbage ({@code VmRSS})
 * @param residentBeforeMiB the same as the starts left it, before any such order
 * @param anonymousMiB the part that no file backs ({@code RssAnon})
 * @param heapUsedMiB Java objects that survive a collection
 * @param heapCommittedMiB what the JVM holds for objects
 * @param cpuPercent of one processor, while nothing is asked
 * @param messagesPerSecond of all replicas, while nothing is asked
 * @param startMillis until all groups had applied a command
 */
public record IdleFigures(
    String backend,
    int groups,
    int replicasOfAGroup,
    double residentMiB,
    double residentBeforeMiB,
    double anonymousMiB,
    double heapUsedMiB,
    double heapCommittedMiB,
    int threads,
    int openFiles,
    double cpuPercent,
    long messagesPerSecond,
    long startMillis) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d groups of %d: resident %.0f MiB (before a collection %.0f, anonymous %.0f,"
            + " heap %.0f of %.0f), %d threads, %d open files, %.1f %% of a processor,"
            + " %d messages/s, started in %d ms",
        backend,
        groups,
        replicasOfAGroup,
        residentMiB,
        residentBeforeMiB,
        anonymousMiB,
        heapUsedMiB,
        heapCommittedMiB,
        threads,
        openFiles,
        cpuPercent,
        messagesPerSecond,
        startMillis);
  }
}
