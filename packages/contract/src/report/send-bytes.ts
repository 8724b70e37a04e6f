/**
 * Bytes charged while one Router Advertisement is sent: the IPV6_PKTINFO control message of 40 bytes exceeds the 36
 * bytes that `____sys_sendmsg` (net/socket.c) keeps on the stack.
 */
export const SEND_BYTES = 40
