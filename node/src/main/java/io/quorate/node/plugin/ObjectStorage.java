// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.ObjectStore;

/**
 * Opens the object store in which a backend keeps its log. Bound by the module of a backend that
 * needs one, see {@link io.quorate.core.port.Backend.Needs#objects()}; others bind none.
 */
@FunctionalInterface
public interface ObjectStorage {

  /**
   * Connects one replica with its store, and finds out whether the store can be used at all.
   * Blocks. The caller closes the store.
   *
   * @throws StartException the store does not exist, refuses us, or does not keep the promises that
   *     the protocol rests on
   */
  ObjectStore open(GroupId group, NodeId node);
}
