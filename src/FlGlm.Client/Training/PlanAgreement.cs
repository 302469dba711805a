using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Client.Training;

/// <summary>A client's side of the agreement: it joins, compares the server's plan with its own and accepts it, and lets the server compare the weights.</summary>
/// <param name="Plan">the server's plan</param>
/// <param name="Content">how many weights were compared</param>
/// <param name="PingPeriod">both sides must send a Ping this often</param>
/// <param name="MaxFrameBytes">the largest tensor of one frame that the server accepts</param>
internal sealed record PlanAgreement(RunPlan Plan, ContentComparison Content, TimeSpan PingPeriod, long MaxFrameBytes)
{
    /// <param name="join">its version is set here</param>
    /// <param name="own">the plan from this client's configuration; for generation only the keys that describe the model are compared</param>
    /// <param name="content">the tensors that this client holds</param>
    /// <exception cref="RedirectException">Another server of the run takes this client.</exception>
    /// <exception cref="ProtocolException">The plans differ (the message names every difference with both values) or a tensor does, or the server's plan is malformed.</exception>
    public static Task<PlanAgreement> MakeAsync(ServerLink link, Join join, RunPlan own, ModelContent content, CancellationToken ct)
    {
        join.Version = BuildVersion.Current;
        return MakeAsync(link, FrameKind.Join, join, join.Generate, own, content, ct);
    }

    /// <summary>The same for a client that comes back.</summary>
    /// <param name="resume">its version is set here</param>
    /// <inheritdoc cref="MakeAsync(ServerLink, Join, RunPlan, ModelContent, CancellationToken)"/>
    public static Task<PlanAgreement> MakeAsync(ServerLink link, Resume resume, RunPlan own, ModelContent content, CancellationToken ct)
    {
        resume.Version = BuildVersion.Current;
        return MakeAsync(link, FrameKind.Resume, resume, inGeneration: false, own, content, ct);
    }

    private static async Task<PlanAgreement> MakeAsync(
        ServerLink link, FrameKind kind, IMessage hello, bool inGeneration, RunPlan own, ModelContent content, CancellationToken ct)
    {
        await link.Channel.SendAsync(kind, hello, null, ct).ConfigureAwait(false);
        using var frame = await link.ReceiveAsync(ct).ConfigureAwait(false);
        if (frame.Kind == FrameKind.Redirect)
            throw Read(frame.Parse<Redirect>());
        if (frame.Kind != FrameKind.Plan)
            throw new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where {FrameKind.Plan} was expected.");
        var message = frame.Parse<Plan>();
        if (!(message.PingEveryS is >= 0.001 and < 3600) || message.MaxFrameBytes < 1024)
            throw new ProtocolException(FaultCode.Malformed, "The server's plan has a ping period or frame limit out of range.");
        Compare(message, own, inGeneration);
        var plan = PlanText.Read(message.Settings);
        var accepted = new PlanAccepted();
        accepted.Tensors.AddRange(content.ForRun(plan.RunId).Select(tensor => new PlanAccepted.Types.Tensor { Name = tensor.Name, Hash = ByteString.CopyFrom(tensor.Hash) }));
        await link.Channel.SendAsync(FrameKind.PlanAccepted, accepted, null, ct).ConfigureAwait(false);
        using var reply = await link.ExpectAsync(FrameKind.ContentAgreed, ct).ConfigureAwait(false);
        var agreed = reply.Parse<ContentAgreed>();
        return new PlanAgreement(plan, new ContentComparison(agreed.Compared, agreed.OnlyServer, agreed.OnlyClient), TimeSpan.FromSeconds(message.PingEveryS), message.MaxFrameBytes);
    }

    private static FlGlmException Read(Redirect message) => HostPort.TryParse(message.Address) is { Port: > 0 } address
        ? new RedirectException(address.ToString())
        : new ProtocolException(FaultCode.Malformed, "The server sends this client to another one, whose address is none (server.advertise).");

    private static void Compare(Plan server, RunPlan own, bool inGeneration)
    {
        var differences = PlanDifferences.Between(server.Settings, own, inGeneration).ToList();
        if (server.Version != BuildVersion.Current)
            differences.Insert(0, $"the build is {server.Version} at the server, {BuildVersion.Current} at the client");
        if (differences.Count > 0)
            throw new ProtocolException(FaultCode.PlanMismatch, $"The plans differ: {string.Join("; ", differences)}. Set both sides alike.");
    }
}
