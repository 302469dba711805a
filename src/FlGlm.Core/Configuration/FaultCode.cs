namespace FlGlm.Core.Configuration;

/// <summary>Why a side ended the session; sent in a Fault frame. Numbers are part of the protocol: append, never renumber.</summary>
public enum FaultCode
{
    /// <summary>No reason is given (it is in the sender's log).</summary>
    Unspecified = 0,

    /// <summary>The bytes are not this protocol's (wrong magic).</summary>
    NotThisProtocol = 1,

    /// <summary>The two sides use different versions of the protocol.</summary>
    VersionMismatch = 2,

    /// <summary>A header or control part that violates docs/wire.md.</summary>
    Malformed = 3,

    /// <summary>Above the configured limit.</summary>
    TooLarge = 4,

    /// <summary>A frame cut short by the end of the connection.</summary>
    Truncated = 5,

    /// <summary>A sequence number, session, direction or key period other than the expected one.</summary>
    OutOfOrder = 6,

    /// <summary>A kind of frame that is not allowed at this point.</summary>
    Unexpected = 7,

    /// <summary>Dims, dtype or lengths other than the plan's.</summary>
    WrongShape = 8,

    /// <summary>One side seals and the other runs with --insecure.</summary>
    SealMismatch = 9,

    /// <summary>The identity key is not on the list, or not the one on the list.</summary>
    UnknownIdentity = 10,

    /// <summary>A signature or seal that does not verify.</summary>
    BadSeal = 11,

    /// <summary>Nothing was received from the peer for too long.</summary>
    Timeout = 12,

    /// <summary>The client refuses the server's plan, or the server the client's join.</summary>
    PlanMismatch = 13,

    /// <summary>A step other than the expected one.</summary>
    WrongStep = 14,

    /// <summary>The server accepts no more clients.</summary>
    Full = 15,

    /// <summary>The sender is stopping.</summary>
    ShuttingDown = 16,

    /// <summary>A defect of the sending program itself.</summary>
    Internal = 17,

    /// <summary>A tensor that holds NaN or infinity, or a gradient that became one.</summary>
    NotFinite = 18,

    /// <summary>The keys and values of a generation exceed the server's limit for a session; they are dropped.</summary>
    CacheFull = 19,

    /// <summary>A session of the same identity is alive; it may be tried again later.</summary>
    Busy = 20,

    /// <summary>A request came again whose reply the sender had already.</summary>
    Duplicate = 21,
}
