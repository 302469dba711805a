namespace FlGlm.Core.Configuration;

/// <summary>The exit code of the process; documented in docs/cli.md.</summary>
public enum ExitCode
{
    /// <summary>Everything was done.</summary>
    Success = 0,

    /// <summary>A defect of the program itself.</summary>
    Unexpected = 1,

    /// <summary>Wrong command line or configuration.</summary>
    Configuration = 2,

    /// <summary>A model, adapter or tokenizer file cannot be used.</summary>
    Checkpoint = 3,

    /// <summary>A data file cannot be used.</summary>
    Data = 4,

    /// <summary>The two sides disagree: plan, version, or a frame that breaks the protocol.</summary>
    Protocol = 5,

    /// <summary>Keys: unknown or wrong identity, unreadable key file, a frame that does not decrypt.</summary>
    Seal = 6,

    /// <summary>The peer cannot be reached or closed the connection; the port is taken.</summary>
    Network = 7,

    /// <summary>A loss, gradient or hidden state is NaN or infinite: training has diverged. The values of the last step are saved.</summary>
    NotFinite = 8,

    /// <summary>An evaluation is worse than its baseline.</summary>
    Worse = 9,

    /// <summary>A run whose processes the program has started has not ended well, or differs from the undisturbed one.</summary>
    Different = 10,

    /// <summary>The next step would exceed the run's privacy budget; everything is saved.</summary>
    Budget = 11,

    /// <summary>Stopped by Ctrl+C after the current step; everything is saved.</summary>
    Interrupted = 130,
}
