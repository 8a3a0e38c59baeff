// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Who the members are, who is primary when, and how many make a quorum.
 *
 * <p>Starting point: {@link io.quorate.vsr.protocol.group.Group}.
 */
@NullMarked
package io.quorate.vsr.protocol.group;

import org.jspecify.annotations.NullMarked;
