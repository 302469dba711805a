using FlGlm.Core.Planning;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Training;

/// <summary>Compares the server's plan with what this client was configured to do.</summary>
public static class PlanCheck
{
    /// <exception cref="ProtocolException">They differ; every difference is named with both values.</exception>
    public static void Compare(RunPlan server, string serverVersion, RunPlan own)
    {
        var theirs = PlanFields.Of(server).ToDictionary(field => field.Key, field => field.Value);
        var differences = PlanFields.Of(own)
            .Where(field => theirs.TryGetValue(field.Key, out var value) && value != field.Value)
            .Select(field => $"{field.Key} is {theirs[field.Key]} at the server, {field.Value} at the client")
            .ToList();
        if (serverVersion != BuildVersion.Current)
            differences.Insert(0, $"the build is {serverVersion} at the server, {BuildVersion.Current} at the client");
        if (differences.Count > 0)
            throw new ProtocolException(FaultCode.PlanMismatch, $"The plans differ: {string.Join("; ", differences)}. Set both sides alike.");
    }
}
