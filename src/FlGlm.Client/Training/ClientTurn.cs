namespace FlGlm.Client.Training;

/// <summary>A turn as the server has announced it.</summary>
/// <param name="Steps">the client's steps in this turn</param>
/// <param name="TotalSteps">and in the whole run</param>
/// <param name="IsLast">no other turn follows</param>
internal sealed record ClientTurn(int Steps, int TotalSteps, bool IsLast);
