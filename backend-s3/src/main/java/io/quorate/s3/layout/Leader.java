// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.api.NodeId;
import java.util.UUID;

/**
 * Who owns an epoch.
 *
 * @param incarnation drawn when its process took up the replica: after a restart the same node is
 *     another leader
 */
public record Leader(NodeId node, UUID incarnation) {}
