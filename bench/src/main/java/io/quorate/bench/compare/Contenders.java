// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Contenders by name: our backends, and libraries of others. */
public final class Contenders {
  /** Names of our backends. */
  public static final List<String> BACKENDS = List.of("raft", "vsr", "s3");

  /** Names of libraries that are not ours. */
  public static final List<String> PEERS = List.of("ratis", "jraft", "aeron");

  /** A peer has threads and pools for the life of the process: one instance is enough. */
  private static final Map<String, Contender> LOADED = new ConcurrentHashMap<>();

  private Contenders() {}

  /**
   * Says before anything is started what our backends would refuse of the settings.
   *
   * @throws io.quorate.node.config.ConfigurationException names all that is wrong
   */
  public static void check(CompareOptions options) {
    for (String name : options.backends()) {
      if (BACKENDS.contains(name)) {
        new QuorateContender(name).check(options);
      }
    }
  }

  /**
   * The contender of that name.
   *
   * @throws ContenderFailure it is a peer whose library is not at hand; says where it was looked
   *     for
   */
  static Contender named(String name) {
    return LOADED.computeIfAbsent(
        name, each -> PEERS.contains(each) ? PeerLoader.load(each) : new QuorateContender(each));
  }
}
