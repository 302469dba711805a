namespace FlGlm.Client.Training;

/// <summary>One step of a <see cref="TrainingForecast"/>.</summary>
/// <param name="Rows">of its batches</param>
/// <param name="Longest">tokens of its longest row</param>
/// <param name="Tokens">real tokens of all rows</param>
/// <param name="BytesUp">from client to server, headers included</param>
/// <param name="BytesDown">from server to client</param>
public sealed record StepForecast(int Rows, int Longest, int Tokens, long BytesUp, long BytesDown);
