// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

/** Contenders as they are, on this machine. */
final class RealGroups implements Comparison.Groups {
  @Override
  public ContenderGroup start(String contender, CompareOptions options) {
    return ReplicaGroup.start(contender, options);
  }

  @Override
  public String parts(String contender) {
    return Contenders.named(contender).parts();
  }
}
