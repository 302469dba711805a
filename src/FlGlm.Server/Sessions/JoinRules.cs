using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;

namespace FlGlm.Server.Sessions;

/// <summary>Checks a Join before anything is done for it.</summary>
internal static class JoinRules
{
    /// <exception cref="ProtocolException">The server does not take such a client.</exception>
    public static void Check(Join join, RunPlan plan, ServerSettings settings)
    {
        if (!join.Generate)
            CheckTraining(join.Samples, plan, settings);
        CheckVersion(join.Version);
    }

    /// <inheritdoc cref="Check(Join, RunPlan, ServerSettings)"/>
    public static void Check(Resume resume, RunPlan plan, ServerSettings settings)
    {
        CheckTraining(resume.Samples, plan, settings);
        CheckVersion(resume.Version);
        if (resume.RunId.Length > 0 && resume.RunId != plan.RunId)
            throw new ProtocolException(FaultCode.PlanMismatch, $"This server serves run {plan.RunId}, and the client's checkpoints are of another. Resume both sides, or start both anew.");
        if (resume.Checkpoints.Count == 0)
            throw new ProtocolException(FaultCode.Malformed, "A client that comes back names no place.");
    }

    private static void CheckVersion(string version)
    {
        if (version != BuildVersion.Current)
            throw new ProtocolException(FaultCode.PlanMismatch, $"The build is {BuildVersion.Current} at the server, {version} at the client. Use one build on both sides.");
    }

    private static void CheckTraining(long samples, RunPlan plan, ServerSettings settings)
    {
        if (settings.GenerateOnly)
            throw new ProtocolException(FaultCode.PlanMismatch, "This server accepts no training (server.generate_only), only `flglm generate`.");
        if (samples < 1)
            throw new ProtocolException(FaultCode.Malformed, $"A client with {samples} samples has nothing to train on.");
        if (samples > plan.Clients.MaxSamples)
            throw new ProtocolException(FaultCode.PlanMismatch, $"A client with {samples} samples has more than this server takes: {plan.Clients.MaxSamples} (clients.max_samples).");
        if (!plan.CanTrainOn(samples))
            throw new ProtocolException(FaultCode.Malformed, $"A client with {samples} samples would take more steps than a run can have.");
    }
}
