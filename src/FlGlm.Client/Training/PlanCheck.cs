using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>Compares the server's plan with this client's configuration.</summary>
public static class PlanCheck
{
    /// <exception cref="ProtocolException">Ping period or frame limit is not valid.</exception>
    public static Plan Read(Frame frame)
    {
        var message = frame.Parse<Plan>();
        if (!(message.PingEveryS is >= 0.001 and < 3600) || message.MaxFrameBytes < 1024)
            throw new ProtocolException(FaultCode.Malformed, "The server's plan has a ping period or frame limit out of range.");
        return message;
    }

    /// <exception cref="ProtocolException">The plans differ; the message names every difference with both values.</exception>
    public static void Compare(RunPlan server, string serverVersion, RunPlan own) =>
        Compare(PlanFields.Of(server), serverVersion, PlanFields.Of(own));

    /// <summary>For generation: compares only the fields that describe the model.</summary>
    /// <exception cref="ProtocolException">The models differ.</exception>
    public static void CompareModels(RunPlan server, string serverVersion, RunPlan own) =>
        Compare(PlanFields.OfModel(server), serverVersion, PlanFields.OfModel(own));

    private static void Compare(IEnumerable<(string Key, string Value)> server, string serverVersion, IEnumerable<(string Key, string Value)> own)
    {
        var theirs = server.ToDictionary(field => field.Key, field => field.Value);
        var differences = own
            .Where(field => theirs.TryGetValue(field.Key, out var value) && value != field.Value)
            .Select(field => $"{field.Key} is {theirs[field.Key]} at the server, {field.Value} at the client")
            .ToList();
        if (serverVersion != BuildVersion.Current)
            differences.Insert(0, $"the build is {serverVersion} at the server, {BuildVersion.Current} at the client");
        if (differences.Count > 0)
            throw new ProtocolException(FaultCode.PlanMismatch, $"The plans differ: {string.Join("; ", differences)}. Set both sides alike.");
    }
}
