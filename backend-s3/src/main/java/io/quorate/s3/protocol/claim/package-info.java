// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * How an epoch begins: the founding of a group, and the take-over of a sealed epoch.
 *
 * <p>Starting point: {@link io.quorate.s3.protocol.claim.Claim}.
 */
@NullMarked
package io.quorate.s3.protocol.claim;

import org.jspecify.annotations.NullMarked;
