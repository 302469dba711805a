using System.Reflection;
using System.Reflection.Emit;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>One instruction of a method's IL.</summary>
/// <param name="Method">that it calls; of a generic method its definition</param>
/// <param name="Field">that it reads or writes</param>
/// <param name="Local">the index of the local variable that it reads or writes</param>
internal sealed record Instruction(int Offset, OpCode Code, MethodBase? Method, FieldInfo? Field, int? Local)
{
    private static readonly Dictionary<ushort, OpCode> Codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (ushort)code.Value);

    public bool Stores => Local is not null && Code.Name!.StartsWith("stloc", StringComparison.Ordinal);

    public bool Loads => Local is not null && Code.Name!.StartsWith("ldloc", StringComparison.Ordinal);

    /// <summary>All methods, constructors and compiler-made methods of an assembly.</summary>
    public static IEnumerable<MethodBase> Methods(Assembly assembly)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return assembly.GetTypes().SelectMany(type => type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)));
    }

    /// <summary>The instructions of a method; none where it has no IL.</summary>
    public static List<Instruction> Of(MethodBase method)
    {
        var result = new List<Instruction>();
        var bytes = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < bytes.Length;)
        {
            var code = Codes[bytes[at] == 0xFE ? (ushort)(0xFE00 | bytes[at + 1]) : bytes[at]];
            var operand = at + code.Size;
            result.Add(Read(method, at, code, bytes.AsSpan(operand)));
            at = operand + Length(code, bytes.AsSpan(operand));
        }

        return result;
    }

    private static Instruction Read(MethodBase method, int offset, OpCode code, ReadOnlySpan<byte> operand)
    {
        var types = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var (callee, field) = code.OperandType switch
        {
            OperandType.InlineMethod => (Definition(method.Module.ResolveMethod(BitConverter.ToInt32(operand), types, arguments)!), (FieldInfo?)null),
            OperandType.InlineField => (null, method.Module.ResolveField(BitConverter.ToInt32(operand), types, arguments)),
            _ => (null, null),
        };
        return new Instruction(offset, code, callee, field, LocalOf(code, operand));
    }

    /// <summary>One object for all instances of a generic method; the methods of arrays have no definition.</summary>
    private static MethodBase Definition(MethodBase method) => method.DeclaringType!.IsArray ? method : method.Module.ResolveMethod(method.MetadataToken)!;

    private static int? LocalOf(OpCode code, ReadOnlySpan<byte> operand) => code.Name switch
    {
        "stloc.s" or "ldloc.s" => operand[0],
        "stloc" or "ldloc" => BitConverter.ToUInt16(operand),
        ['s', 't', 'l', 'o', 'c', '.', var digit] => digit - '0',
        ['l', 'd', 'l', 'o', 'c', '.', var digit] => digit - '0',
        _ => null,
    };

    private static int Length(OpCode code, ReadOnlySpan<byte> operand) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(operand)),
        _ => 4,
    };
}
