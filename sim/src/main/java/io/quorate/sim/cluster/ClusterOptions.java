// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.core.session.SessionLimits;
import io.quorate.sim.net.LinkProfile;
import io.quorate.sim.objectstore.StoreOptions;

/**
 * What a group and its machines are like before anything goes wrong.
 *
 * @param nodes number of replicas, named n1, n2, …
 * @param peerLink ordinary behaviour of links between replicas
 * @param clientLink ordinary behaviour of links between clients and replicas
 * @param syncLeastNanos time that every sync takes
 * @param syncMeanNanos mean of what it takes on top
 * @param turnMeanNanos mean time from a wake to the turn
 * @param clockPpmMax clocks run up to so many millionths fast or slow
 * @param clockOffsetMaxNanos wall clocks are off by up to so much at the start
 * @param limits of the runtime under test
 * @param sessionLimits of the sessions under test
 * @param store of protocols whose log is in an object store
 */
public record ClusterOptions(
    int nodes,
    LinkProfile peerLink,
    LinkProfile clientLink,
    long syncLeastNanos,
    long syncMeanNanos,
    long turnMeanNanos,
    long clockPpmMax,
    long clockOffsetMaxNanos,
    RuntimeLimits limits,
    SessionLimits sessionLimits,
    StoreOptions store) {

  /** With a store on a good day, for those who have one. */
  public ClusterOptions(
      int nodes,
      LinkProfile peerLink,
      LinkProfile clientLink,
      long syncLeastNanos,
      long syncMeanNanos,
      long turnMeanNanos,
      long clockPpmMax,
      long clockOffsetMaxNanos,
      RuntimeLimits limits,
      SessionLimits sessionLimits) {
    this(
        nodes,
        peerLink,
        clientLink,
        syncLeastNanos,
        syncMeanNanos,
        turnMeanNanos,
        clockPpmMax,
        clockOffsetMaxNanos,
        limits,
        sessionLimits,
        StoreOptions.CALM);
  }

  /** A group in a data centre on a good day. */
  public static ClusterOptions calm(int nodes) {
    return new ClusterOptions(
        nodes,
        LinkProfile.CALM,
        LinkProfile.CALM,
        200_000,
        300_000,
        5_000,
        50,
        5_000_000,
        RuntimeLimits.DEFAULT,
        SessionLimits.DEFAULT);
  }

  /** The same with other bounds of the runtime. */
  public ClusterOptions withLimits(RuntimeLimits other) {
    return with(nodes, peerLink, other, store);
  }

  /** The same with another number of replicas. */
  public ClusterOptions withNodes(int other) {
    return with(other, peerLink, limits, store);
  }

  /** The same with other links between replicas. */
  public ClusterOptions withPeerLink(LinkProfile other) {
    return with(nodes, other, limits, store);
  }

  /** The same with another store. */
  public ClusterOptions withStore(StoreOptions other) {
    return with(nodes, peerLink, limits, other);
  }

  private ClusterOptions with(
      int number, LinkProfile peers, RuntimeLimits other, StoreOptions bucket) {
    return new ClusterOptions(
        number,
        peers,
        clientLink,
        syncLeastNanos,
        syncMeanNanos,
        turnMeanNanos,
        clockPpmMax,
        clockOffsetMaxNanos,
        other,
        sessionLimits,
        bucket);
  }
}
