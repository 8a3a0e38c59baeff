// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import io.quorate.core.port.ObjectStore;
import io.quorate.s3.probe.ProbeCalls.Broken;
import io.quorate.s3.probe.ProbeCalls.NoAnswer;
import io.quorate.s3.probe.ProbeReport.Line;
import io.quorate.s3.probe.ProbeReport.Verdict;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Probes a store on scratch keys, and deletes them again. Blocks until it is done: about as long as
 * the three races may take, and longer only where the store does not answer.
 */
public final class StoreProbe {
  private static final int NONCE_BYTES = 8;

  /** How often a check begins anew where the store left a write unclear. */
  private static final int TRIES = 6;

  private StoreProbe() {}

  /** One requirement, put to the store; what was seen. */
  private interface Check {
    String run() throws Broken, NoAnswer;
  }

  /**
   * Probes a store.
   *
   * @param prefix of the scratch keys; a name that no other probe uses is added to it
   */
  public static ProbeReport run(ObjectStore store, String prefix, ProbeOptions options) {
    return run(store, prefix, options, requirement -> {});
  }

  /**
   * Probes a store under somebody's eyes.
   *
   * @param begins told of each requirement before it is put to the store
   */
  public static ProbeReport run(
      ObjectStore store, String prefix, ProbeOptions options, Consumer<Requirement> begins) {
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    String scratch = prefix + HexFormat.of().formatHex(nonce) + "/";
    ProbeCalls calls = new ProbeCalls(store, scratch, options);
    AskedChecks asked = new AskedChecks(calls);
    RaceChecks races = new RaceChecks(calls, options);
    List<Line> lines = new ArrayList<>();
    for (Requirement requirement : Requirement.values()) {
      Check check =
          switch (requirement) {
            case READ_AFTER_WRITE -> asked::readAfterWrite;
            case CREATE_ONLY -> asked::createOnly;
            case COMPARE_AND_SET -> asked::compareAndSet;
            case ETAGS -> asked::etags;
            case CONDITIONAL_READ -> asked::conditionalRead;
            case ATOMIC_CREATE -> races::atomicCreate;
            case ATOMIC_REPLACE -> races::atomicReplace;
            case WHOLE_READS -> races::wholeReads;
            case LIST -> asked::list;
          };
      begins.accept(requirement);
      Line line = line(requirement, check, calls);
      lines.add(line);
      if (requirement == Requirement.READ_AFTER_WRITE && line.verdict() == Verdict.UNKNOWN) {
        // Nobody is there: the others would each wait as long to say the same.
        break;
      }
    }
    return new ProbeReport(List.copyOf(lines), calls.tidy());
  }

  private static Line line(Requirement requirement, Check check, ProbeCalls calls) {
    long startNanos = System.nanoTime();
    Verdict verdict = Verdict.UNKNOWN;
    String detail = "";
    for (int attempt = 1; attempt <= TRIES && verdict == Verdict.UNKNOWN; attempt++) {
      calls.useFreshKeys();
      try {
        detail = check.run();
        verdict = Verdict.KEPT;
      } catch (Broken e) {
        detail = String.valueOf(e.getMessage());
        verdict = Verdict.BROKEN;
      } catch (NoAnswer e) {
        detail = String.valueOf(e.getMessage());
        if (e.isFinal()) {
          break;
        }
      }
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    return new Line(requirement, verdict, detail, millis);
  }
}
