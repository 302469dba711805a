namespace FlGlm.Cli.Chaos;

/// <summary>Something that the proxy does to the bytes once.</summary>
/// <param name="Kind">Neither <see cref="TrafficChoice.Any"/> nor <see cref="TrafficChoice.None"/>.</param>
/// <param name="At">The share, 0 to 1, of the bytes of an undisturbed run that have passed before.</param>
/// <param name="AfterConnect">Bytes that have passed on the next new connection, in the place of <paramref name="At"/>; null = any connection.</param>
/// <param name="Bytes">How many bytes are sent twice, at most.</param>
/// <param name="Seconds">How long bytes are held back.</param>
internal sealed record TrafficDisturbance(TrafficChoice Kind, double At, int? AfterConnect, int Bytes, double Seconds);
