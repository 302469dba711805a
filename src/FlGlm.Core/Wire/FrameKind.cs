namespace FlGlm.Core.Wire;

/// <summary>The purpose of a frame; docs/wire.md lists who sends which kind, when, and with which content.</summary>
internal enum FrameKind : byte
{
    /// <summary>Handshake 1, client: identity, nonce.</summary>
    Hello = 1,

    /// <summary>Handshake 2, server: session id, identity, nonce.</summary>
    Welcome = 2,

    /// <summary>Handshake 6, server: the first sealed frame; the session is open.</summary>
    Ready = 3,

    /// <summary>Key period 1, client: a fresh public key, signature. Handshake 3.</summary>
    RekeyOffer = 8,

    /// <summary>Key period 2, server: a fresh public key, its wrapped key, signature; its later frames use that key. Handshake 4.</summary>
    RekeyAnswer = 9,

    /// <summary>Key period 3, client: its wrapped key, signature; its later frames use that key. Handshake 5.</summary>
    RekeyConfirm = 10,

    /// <summary>The sender is still connected; the receiving channel does not pass it on to its caller.</summary>
    Ping = 16,

    /// <summary>An error: a code and one line of text; the last frame of its sender. The receiving channel throws it.</summary>
    Fault = 17,

    /// <summary>The sender ends the session; its last frame.</summary>
    Goodbye = 18,

    /// <summary>Answers a Ping that asks for it; the receiving channel does not pass it on.</summary>
    Pong = 19,

    Join = 32,
    Plan = 33,
    PlanAccepted = 34,
    Queue = 35,
    Turn = 36,
    ContentAgreed = 37,

    /// <summary>Server: what the client waits for.</summary>
    Wait = 38,

    /// <summary>Client: it comes back to a run in which it takes part.</summary>
    Resume = 39,

    /// <summary>Server: the client goes back to a checkpoint. Client: it has.</summary>
    Rollback = 40,

    /// <summary>Server: another server takes the client.</summary>
    Redirect = 41,

    /// <summary>Server: a client that has come back goes on where it is.</summary>
    Resumed = 42,

    /// <summary>Client: asks what the server is, and takes no part.</summary>
    StatusRequest = 43,

    /// <summary>Server: what it is.</summary>
    ServerStatus = 44,

    /// <summary>Client: h0 [rows, H].</summary>
    Forward = 48,

    /// <summary>Server: hN-2 [rows, H].</summary>
    ForwardReply = 49,

    /// <summary>Client: dL/dhN-2 [rows, H].</summary>
    Backward = 50,

    /// <summary>Server: dL/dh0 [rows, H].</summary>
    BackwardReply = 51,

    /// <summary>Client, generating or between two steps: h0 [rows, H] of whole rows; a ForwardReply answers.</summary>
    Prefill = 52,

    /// <summary>Client, as Prefill: h0 [rows, H], more tokens per row; a ForwardReply answers.</summary>
    Decode = 53,

    /// <summary>Client: gives up a pass that waits for its gradient.</summary>
    Drop = 54,

    /// <summary>Client: keep the middle as it is after this step, since the step may turn out to be the best.</summary>
    Keep = 55,

    /// <summary>Server: the middle is kept.</summary>
    Kept = 56,

    /// <summary>Client, at its end: the step that is its best; the middle of it follows, where the plan shares it.</summary>
    Best = 57,

    /// <summary>One named tensor of an adapter.</summary>
    AdapterTensor = 64,

    /// <summary>The adapter is complete.</summary>
    AdapterEnd = 65,

    RoundEnd = 66,
}
