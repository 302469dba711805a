namespace FlGlm.Cli.Chaos;

/// <summary>What a kill waits for.</summary>
internal enum KillMoment
{
    /// <summary>A share of the time that the undisturbed run took.</summary>
    Time,

    /// <summary>A share of the time that the undisturbed run took until its first step.</summary>
    StartUp,

    /// <summary>The line of a client's step.</summary>
    Step,

    /// <summary>A client's last step before an average.</summary>
    TurnEnd,

    /// <summary>A client's last step.</summary>
    RunEnd,
}
