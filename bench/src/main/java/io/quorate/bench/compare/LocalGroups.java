// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

/** Contenders whose replicas all run in this process. */
final class LocalGroups implements Comparison.Groups {
  @Override
  public ContenderGroup start(String contender, CompareOptions options) {
    return LocalGroup.start(contender, options);
  }

  @Override
  public String parts(String contender) {
    return contender.equals("s3")
        ? "AWS SDK over HTTP, gRPC on loopback"
        : "gRPC on loopback, RocksDB";
  }

  @Override
  public String durability(String contender, CompareOptions options) {
    if (!contender.equals("s3")) {
      return "fsync on a majority";
    }
    return options.store().url() == null ? "fsync of the embedded store" : "the object store's";
  }
}
