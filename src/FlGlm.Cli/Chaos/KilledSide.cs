namespace FlGlm.Cli.Chaos;

/// <summary>A process that is killed and started again.</summary>
/// <param name="Side">0 is the server, others are the clients.</param>
/// <param name="PauseS">Seconds until it is started again.</param>
/// <param name="AgainS">Seconds from then to another kill; null = there is none.</param>
internal sealed record KilledSide(int Side, double PauseS, double? AgainS);
