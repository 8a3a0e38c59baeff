// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.s3.probe.Requirement;
import java.io.PrintWriter;
import java.util.function.Consumer;

/** Says which promise a bucket is being asked for; the races take a while. */
final class ProbeProgress implements Consumer<Requirement> {
  private final PrintWriter err;

  ProbeProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void accept(Requirement requirement) {
    err.printf(
        "probing %d of %d: %s%n",
        requirement.ordinal() + 1, Requirement.values().length, requirement.sentence());
    err.flush();
  }
}
